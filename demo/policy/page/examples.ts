import type { Question } from '../../../components/policy/question.ts';
import { clockContext, tierOf } from '../../../components/policy/question.ts';
import type { PolicySet, Rule } from '../../../lib/policy/engine/index.ts';

/** A situation with the rules of a person and a question to them. */
export interface Example {
  readonly id: string;
  readonly title: string;
  readonly story: string;
  /** What to change, to see it turn out otherwise. */
  readonly turn: string;
  readonly set: PolicySet;
  readonly question: Question;
}

/** A Tuesday in the afternoon, local time. */
const NOON = new Date(2026, 10, 24, 15, 20).getTime();

type Said = Pick<Rule, 'id' | 'effect' | 'subject' | 'claims'> & Partial<Rule>;

const rule = (said: Said): Rule => ({
  action: 'prove',
  when: [],
  locked: false,
  made: { at: NOON - 86_400_000, by: 'person' },
  ...said,
});

const siteAsks = (origin: string, claim: string): Question => ({
  request: {
    subject: { type: 'site', id: origin, properties: { host: new URL(origin).hostname } },
    action: { name: 'prove' },
    resource: { type: 'claim', id: claim, properties: { tier: tierOf(claim), format: 'dc+sd-jwt' } },
    context: { ...clockContext(NOON), present: true },
  },
  askable: true,
  before: { uses: 0, spent: 0 },
});

export const EXAMPLES: readonly Example[] = [
  {
    id: 'age',
    title: 'A shop checks an age',
    story: 'Ada is tired of saying to every wine shop that she is over 21. So she said once that shops may learn it.',
    turn: 'Ask for the birth date instead, or let the shop count as unknown.',
    set: {
      v: 1,
      rules: [
        rule({ id: 'over-21-for-shops', effect: 'permit', subject: { role: 'commerce' }, claims: ['age_over_21'] }),
      ],
      roles: [{ subject: 'vine-and-barrel.example', by: 'domain', role: 'commerce' }],
    },
    question: siteAsks('https://shop.vine-and-barrel.example', 'age_over_21'),
  },
  {
    id: 'role',
    title: 'A pharmacy asks for the birth date',
    story:
      'Ada lets pharmacies learn what they need. But a birth date takes more trust than “Health”: a rule about many sites does not give it away unasked.',
    turn: 'Let the pharmacy count as “Identity check”. Or make the rule about this very site: that is Ada’s word, and settles it.',
    set: {
      v: 1,
      rules: [
        rule({
          id: 'health-for-pharmacies',
          effect: 'permit',
          subject: { role: 'medical' },
          claims: ['birth_date', 'health.prescription'],
        }),
      ],
      roles: [{ subject: 'https://pharmacy.example', by: 'explicit', role: 'medical' }],
    },
    question: siteAsks('https://pharmacy.example', 'birth_date'),
  },
  {
    id: 'never',
    title: 'A never that no trust overrules',
    story:
      'Ada trusts this bank with who she is. After a leak she said that it may never learn her phone number. Her trust does not overrule her never.',
    turn: 'Let it count as anything you like: it stays refused. Then ask for the address.',
    set: {
      v: 1,
      rules: [
        rule({
          id: 'contact-for-the-trusted',
          effect: 'permit',
          subject: { role: 'identity' },
          claims: ['address', 'email', 'phone_number'],
        }),
        rule({
          id: 'no-phone-for-this-bank',
          effect: 'deny',
          subject: { domain: 'harbour-bank.example' },
          claims: ['phone_number'],
          locked: true,
        }),
        rule({
          id: 'address-at-night',
          effect: 'ask',
          subject: { any: true },
          claims: ['address'],
          when: [
            {
              any: [
                { attribute: 'context.minute', op: 'at_least', value: 1320 },
                { attribute: 'context.minute', op: 'less_than', value: 360 },
              ],
            },
          ],
        }),
      ],
      roles: [{ subject: 'https://login.harbour-bank.example', by: 'explicit', role: 'trusted_agent' }],
    },
    question: siteAsks('https://login.harbour-bank.example', 'phone_number'),
  },
  {
    id: 'agent',
    title: 'An agent at its limit, and nobody there',
    story:
      'An agent books trains for Ada: at most $150 each, $300 a week. At night it wants $180, and nobody is there to be asked. No rule permits that much, so it is refused.',
    turn: 'Lower the amount to 120. Then raise what was spent before to 250, and the week’s limit holds it.',
    set: {
      v: 1,
      rules: [
        rule({
          id: 'trains',
          effect: 'permit',
          subject: { agent: 'train-agent' },
          action: 'spend',
          claims: ['payment_card'],
          when: [
            { attribute: 'context.amount', op: 'amount_at_most', value: { minor: 15_000, currency: 'USD' } },
            { spend: { at_most: 30_000, currency: 'USD', seconds: 604_800 } },
          ],
        }),
      ],
      roles: [{ subject: 'train-agent', by: 'explicit', role: 'financial' }],
    },
    question: {
      request: {
        subject: { type: 'agent', id: 'train-agent', properties: {} },
        action: { name: 'spend' },
        resource: { type: 'payment', id: 'payment_card', properties: { tier: 3 } },
        context: {
          ...clockContext(new Date(2026, 10, 24, 2, 10).getTime()),
          amount: 18_000,
          currency: 'USD',
          present: false,
        },
      },
      askable: false,
      before: { uses: 2, spent: 10_000 },
    },
  },
];
