import { useState } from 'preact/hooks';
import { t } from '../../lib/platform/index.ts';
import type { Role, RuleSubject } from '../../lib/policy/engine/index.ts';
import { ROLES } from '../../lib/policy/engine/index.ts';
import { PickField, TextLine } from './line-fields.tsx';
import { allOf } from './list-words.ts';
import { roleWords } from './role-words.ts';
import { nameIn } from './subject-words.ts';

const KINDS = ['site', 'domain', 'role', 'sites', 'agents', 'agent', 'any'] as const;
type Kind = (typeof KINDS)[number];

/** Whose role contains each, beside those of the role itself. */
const MORE: Readonly<Record<Role, readonly Role[]>> = {
  public: [],
  commerce: ['financial', 'medical', 'identity', 'trusted_agent'],
  financial: ['identity', 'trusted_agent'],
  medical: ['identity', 'trusted_agent'],
  identity: ['trusted_agent'],
  trusted_agent: [],
};

/** Who a rule is about. */
export const WhoFields = ({
  subject,
  onChange,
  problem,
}: {
  readonly subject: RuleSubject;
  readonly onChange: (subject: RuleSubject) => void;
  readonly problem: string | undefined;
}) => {
  const kind = kindOf(subject);
  const [typed, setTyped] = useState(() => nameIn(subject));
  const say = (next: Kind, text: string) => {
    setTyped(text);
    onChange(subjectOf(next, text));
  };
  return (
    <>
      <PickField
        label={t('rule_who')}
        value={kind}
        options={KINDS.map((one) => ({ value: one, label: t(`rule_whose_${one}`) }))}
        onChange={(next) => say(next, convert(kind, next, typed))}
        problem={['sites', 'agents', 'any', 'role'].includes(kind) ? problem : undefined}
      />
      {(kind === 'site' || kind === 'domain' || kind === 'agent') && (
        <TextLine
          label={t(`rule_who_name_${kind}`)}
          mono
          value={typed}
          placeholder={kind === 'agent' ? 'travel-agent' : kind === 'site' ? 'https://shop.example.com' : 'example.com'}
          onInput={(text) => say(kind, text)}
          problem={problem}
          hint={kind === 'domain' ? t('rule_who_domain_hint') : undefined}
        />
      )}
      {'role' in subject && (
        <PickField
          label={t('rule_who_role')}
          value={subject.role}
          options={ROLES.filter((role) => role !== 'public').map((role) => ({ value: role, label: roleWords(role) }))}
          onChange={(role) => onChange({ role })}
          hint={
            MORE[subject.role].length === 0
              ? undefined
              : t('rule_who_role_hint', allOf(MORE[subject.role].map((role) => t(`rule_who_${role}`))))
          }
        />
      )}
    </>
  );
};

function kindOf(subject: RuleSubject): Kind {
  if ('site' in subject) return 'site';
  if ('domain' in subject) return 'domain';
  if ('role' in subject) return 'role';
  if ('agent' in subject) return 'agent';
  if ('kind' in subject) return subject.kind === 'site' ? 'sites' : 'agents';
  return 'any';
}

function subjectOf(kind: Kind, typed: string): RuleSubject {
  const text = typed.trim();
  switch (kind) {
    case 'site':
      return { site: originIn(text) };
    case 'domain':
      return { domain: hostIn(text) };
    case 'role':
      return { role: 'commerce' };
    case 'agent':
      return { agent: text };
    case 'sites':
      return { kind: 'site' };
    case 'agents':
      return { kind: 'agent' };
    case 'any':
      return { any: true };
  }
}

/** What was typed goes with the person from site to domain and back. */
function convert(from: Kind, to: Kind, typed: string): string {
  if (from === 'site' && to === 'domain') return hostIn(typed);
  if (from === 'domain' && to === 'site') return typed === '' ? '' : originIn(typed);
  return from === to ? typed : '';
}

/** The origin that somebody means who types an address or a host; what is neither stays as it is. */
function originIn(text: string): string {
  if (text === '') return '';
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
  return url === null || url.origin === 'null' ? text : url.origin;
}

function hostIn(text: string): string {
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `https://${text.replace(/^\*?\./, '')}`);
  return text === '' || url === null ? text : url.hostname;
}
