import { describe, expect, it } from 'vitest';
import {
  AGENT_CALLS,
  AUDIT_GROUPS,
  auditKinds,
  auditWords,
  compartmentIn,
  decisionWords,
  isByRule,
  isDisclosure,
  kindsOf,
} from '../../../components/audit-words.ts';
import { ageFact, claimWords } from '../../../components/claim-words.ts';
import { loadPhraseCheck, positionsToAsk, splitPhrase } from '../../../components/phrase-words.ts';
import { TOOL_NAMES } from '../../../lib/agents/index.ts';
import messages from '../../../public/_locales/en/messages.json' with { type: 'json' };

/** Every kind the worker writes. A kind that is added there is added here, and then needs its sentence. */
const KINDS = [
  'vault.created',
  'vault.restored',
  'vault.unlocked',
  'vault.unlock_failed',
  'vault.locked',
  'vault.password_changed',
  'vault.password_reset',
  'vault.phrase_shown',
  'vault.phrase_confirmed',
  'vault.passkey_added',
  'vault.passkey_removed',
  'vault.moved',
  'vault.anchor_missing',
  'vault.header_recovered',
  'vault.rows_differ',
  'elsewhere.changed',
  'elsewhere.asked',
  'elsewhere.allowed',
  'elsewhere.denied',
  'elsewhere.refused',
  'compartment.made',
  'compartment.opened',
  'compartment.erased',
  'backup.made',
  'backup.restored',
  'log.checked',
  'log.exported',
  'log.pruned',
  'settings.changed',
  'inbox.dropped',
  'attribute.added',
  'attribute.changed',
  'attribute.deleted',
  'credential.received',
  'credential.refused',
  'credential.deleted',
  'credential.checked',
  'credential.revoked',
  'credential.check_failed',
  'proof.allowed',
  'proof.denied',
  'proof.refused',
  'proof.failed',
  'proof.undelivered',
  'proof.nothing',
  'proof.ended',
  'proof.elsewhere',
  'offer.denied',
  'offer.ended',
  'offer.elsewhere',
  'offer.failed',
  'capability.released',
  'capability.denied',
  'capability.refused',
  'capability.ended',
  'capability.units',
  'capability.revoked',
  'capability.receipt',
  'capability.returned',
  'capability.forgotten',
  'authority.accepted',
  'authority.rejected',
  'authority.revoked',
  'authority.ended',
  'limits.changed',
  'credential.promised',
  'credential.asked',
  'credential.ask_failed',
  'credential.given_up',
  'credential.renewed',
  'trust.added',
  'trust.removed',
  'trust.list_taken',
  'trust.list_removed',
  'credential.described',
  'rule.saved',
  'rule.deleted',
  'policy.imported',
  'policy.brought_back',
  'policy.exported',
  'policy.roles_changed',
  'site.disconnected',
  'site.revoked',
  'site.muted',
  'site.unmuted',
  'pattern.set_aside',
  'pattern.dismissed',
  'agent.paired',
  'agent.changed',
  'agent.paused',
  'agent.resumed',
  'agent.revoked',
  'agents.stopped',
  'agents.started',
  'agent.store_data',
  'agent.list_data',
  'agent.get_proof',
  'agent.query',
  'agent.request_capability',
  'agent.negotiate_context',
  'agent.check_status',
  'agent.allowed',
  'agent.denied',
  'agent.ended',
];

const SITE = 'https://shop.example.com';
/** The id of an agent. */
const AGENT = 'q83vEjRWeJCrze8SNFZ4kA';

const text = (key: keyof typeof messages): string => messages[key].message;

describe('an audit entry', () => {
  it.each(KINDS)('of kind %s has a sentence of its own', (kind) => {
    const sentences = KINDS.map((other) =>
      text(auditWords({ kind: other, claims: ['age_over_21'], subject: SITE }).key),
    );
    const own = text(auditWords({ kind, claims: ['age_over_21'], subject: SITE }).key);
    expect(own).not.toBe(text('audit_other'));
    expect(sentences.filter((sentence) => sentence === own)).toHaveLength(1);
  });

  it('has no sentence for a kind that is never written', () => {
    expect([...auditKinds].sort()).toEqual([...KINDS].sort());
  });

  it.each(['proof.unheard_of', '__proto__', 'constructor', ''])(
    'of the unknown kind “%s” is named, not lost',
    (kind) => {
      expect(auditWords({ kind, claims: [], subject: SITE }).key).toBe('audit_other');
    },
  );

  it('names the site and what it learned', () => {
    expect(text(auditWords({ kind: 'proof.allowed', claims: ['age_over_21'], subject: SITE }).key)).toMatch(/\$1.*\$2/);
  });

  it('leaves no hole in the sentence when no claims are named', () => {
    for (const kind of KINDS) expect(text(auditWords({ kind, claims: [], subject: SITE }).key)).not.toContain('$2');
  });

  it.each(AGENT_CALLS)('of the agent’s call %s says otherwise that it was refused, and leaves no hole', (kind) => {
    const said = (decision: 'PERMIT' | 'DENY' | 'ANOMALY', claims: readonly string[]) =>
      text(auditWords({ kind, claims, subject: AGENT, decision }).key);
    expect(said('DENY', ['age_over_21'])).not.toBe(said('PERMIT', ['age_over_21']));
    expect(said('DENY', ['age_over_21'])).toContain('refused');
    for (const decision of ['PERMIT', 'DENY', 'ANOMALY'] as const) {
      expect(said(decision, [])).toContain('$1');
      expect(said(decision, [])).not.toContain('$2');
    }
  });

  it('is of a call of an agent’s for all seven tools', () => {
    expect(AGENT_CALLS.map((kind) => kind.replace('agent.', '')).sort()).toEqual([...TOOL_NAMES].sort());
  });

  it.each(['rule.saved', 'rule.deleted', 'policy.roles_changed', 'pattern.dismissed'])(
    'of kind %s names the site where it is about one, and leaves no hole where it is not',
    (kind) => {
      expect(text(auditWords({ kind, claims: [], subject: SITE }).key)).toContain('$1');
      expect(text(auditWords({ kind, claims: [], subject: '' }).key)).not.toContain('$1');
    },
  );

  it('is found under exactly one of the things that entries are about', () => {
    expect(AUDIT_GROUPS.flatMap(kindsOf).sort()).toEqual([...KINDS].sort());
  });

  it.each([
    ['compartment.opened', 'health.K7', 'compartment_health'],
    ['compartment.opened', 'constructor.K7', undefined],
    ['compartment.opened', '', undefined],
    ['proof.allowed', 'health.K7', undefined],
  ])('of kind %s about “%s” names the compartment where it is one', (kind, subject, key) => {
    expect(compartmentIn({ kind, subject })).toBe(key);
  });

  it.each([
    ['proof.allowed', 'PERMIT', ['shops'], 'activity_decision_permit'],
    ['proof.allowed', 'PERMIT', [], 'audit_decision_allowed'],
    ['proof.allowed', 'ANOMALY', ['shops'], 'activity_decision_anomaly'],
    ['proof.refused', 'DENY', ['never'], 'activity_decision_deny'],
    ['proof.refused', 'DENY', [], 'audit_decision_muted'],
    ['proof.denied', 'DENY', [], 'audit_decision_denied'],
    ['proof.failed', 'DENY', [], undefined],
    ['proof.undelivered', '', [], undefined],
    ['capability.refused', 'DENY', [], 'audit_decision_limit'],
    ['capability.refused', 'DENY', ['never'], 'activity_decision_deny'],
    ['capability.released', 'PERMIT', [], 'audit_decision_allowed'],
    ['agent.query', 'PERMIT', ['agent-x-query'], 'activity_decision_permit'],
    ['agent.query', 'PERMIT', [], 'audit_decision_agent_allowed'],
    ['agent.query', 'DENY', [], 'audit_decision_agent_refused'],
    ['agent.query', 'ANOMALY', [], 'activity_decision_anomaly'],
    ['agent.allowed', 'ANOMALY', [], 'activity_decision_anomaly'],
    ['agent.denied', 'DENY', [], 'audit_decision_denied'],
    ['vault.locked', '', [], undefined],
  ] as const)('of kind %s with %s and the rules %j says who decided', (kind, decision, rules, key) => {
    expect(decisionWords({ kind, decision, rules })).toBe(key);
  });

  it('is by a rule only when the rule answered alone', () => {
    expect(isByRule({ decision: 'PERMIT', rules: ['shops'] })).toBe(true);
    expect(isByRule({ decision: 'PERMIT', rules: [] })).toBe(false);
    expect(isByRule({ decision: 'ANOMALY', rules: ['shops'] })).toBe(false);
  });

  it('is listed with what was learned where a proof was allowed, or an agent asked for something', () => {
    expect(KINDS.filter((kind) => isDisclosure({ kind }))).toEqual([
      'proof.allowed',
      'agent.store_data',
      'agent.list_data',
      'agent.get_proof',
      'agent.query',
      'agent.request_capability',
      'agent.allowed',
    ]);
  });
});

describe('a claim', () => {
  it.each([
    ['age_over_21', 'claim_over'],
    ['over 21', 'claim_over'],
    ['age_equal_or_over.21', 'claim_at_least'],
    ['age_equal_or_over/21', 'claim_at_least'],
    ['21 or over', 'claim_at_least'],
    ['age_under_21', 'claim_under'],
    ['under 21', 'claim_under'],
  ])('%s is an age in words', (claim, key) => {
    expect(claimWords(claim)).toEqual({ key, substitutions: ['21'] });
  });

  it('about age is a sentence of its own only when its label is', () => {
    expect(ageFact('over 21')).toEqual({ key: 'fact_over', substitutions: ['21'] });
    expect(ageFact('21 or over')).toEqual({ key: 'fact_at_least', substitutions: ['21'] });
    expect(ageFact('over 21 or so')).toBeNull();
    expect(ageFact('given name')).toBeNull();
  });

  it('that standards name has words', () => {
    expect(claimWords('birthdate').key).toBe('claim_birth_date');
    expect(claimWords('given name').key).toBe('claim_given_name');
  });

  it.each(['favourite_colour', 'age_over_', 'age_over_twenty', 'constructor'])(
    '%s without words is quoted',
    (claim) => {
      expect(claimWords(claim)).toEqual({ key: 'claim_other', substitutions: [claim.replaceAll('_', ' ')] });
    },
  );
});

describe('a phrase being typed', () => {
  const RIGHT = `${'abandon '.repeat(23)}art`;

  it('is taken with numbers, commas and line breaks between its words', () => {
    expect(splitPhrase('1. Legal,\n2) winner\t 3 thank')).toEqual(['legal', 'winner', 'thank']);
  });

  it('is right when all 24 words are in the list and the checksum fits', async () => {
    expect((await loadPhraseCheck())(RIGHT)).toEqual({ state: 'right', phrase: RIGHT });
  });

  it('tells by position which words are not in the list', async () => {
    const check = await loadPhraseCheck();
    expect(check('legal winnner thank yeer')).toEqual({
      state: 'unknown',
      words: [
        { position: 2, word: 'winnner' },
        { position: 4, word: 'yeer' },
      ],
    });
  });

  it('tells when words are missing, when the checksum is wrong and when there is nothing', async () => {
    const check = await loadPhraseCheck();
    expect(check('abandon ability')).toEqual({ state: 'count', count: 2 });
    expect(check('abandon '.repeat(24))).toEqual({ state: 'checksum' });
    expect(check(' \n ')).toEqual({ state: 'empty' });
  });

  it('is asked back at three different places, in order', () => {
    const values = [7, 31, 2, 5, 9, 11]; // 7 and 31 are the same place of 24
    expect(positionsToAsk((count) => Uint32Array.from(values.splice(0, count)))).toEqual([3, 6, 8]);
  });
});
