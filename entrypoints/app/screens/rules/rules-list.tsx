import { useState } from 'preact/hooks';
import { Icon } from '../../../../components/icon.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { countWords } from '../../../../components/count-words.ts';
import { EffectIcon } from '../../../../components/policy/effect-icon.tsx';
import { RuleSentence, ruleText } from '../../../../components/policy/rule-sentence.tsx';
import { timeUntil } from '../../../../components/policy/span-words.ts';
import { timeAgo } from '../../../../components/time-words.ts';
import type { RuleView } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';
import type { Effect } from '../../../../lib/policy/engine/index.ts';
import { Empty } from '../parts/empty.tsx';
import type { Policy } from './policy.ts';
import { RulesTidy } from './rules-tidy.tsx';
import { matches, SearchField } from '../parts/search-field.tsx';

const SEARCH_FROM = 8;
const GROUPS: readonly Effect[] = ['permit', 'deny', 'ask'];

/** Every rule as its sentence, under what it does. */
export const RulesList = ({ policy, readOnly, gone }: { policy: Policy; readOnly: boolean; gone: boolean }) => {
  const [query, setQuery] = useState('');
  const { rules, names } = policy;
  const shown = rules.filter(({ rule }) =>
    matches(query, ruleText(rule, names), rule.note ?? '', rule.id, t(`rule_effect_${rule.effect}`)),
  );
  return (
    <div class="stack-wide">
      {gone && <Notice tone="info">{t('rules_gone')}</Notice>}
      {policy.setAside > 0 && <Notice tone="warn">{tn('rules_set_aside', policy.setAside)}</Notice>}
      {rules.length === 0 ? <NoRules readOnly={readOnly} /> : <RulesTidy policy={policy} readOnly={readOnly} />}
      {rules.length >= SEARCH_FROM && <SearchField label={t('rules_search')} value={query} onInput={setQuery} />}
      {rules.length > 0 && shown.length === 0 && <p class="soft">{t('search_none')}</p>}
      {GROUPS.map((effect) => {
        const group = shown.filter(({ rule }) => rule.effect === effect).sort(byLife);
        return (
          group.length > 0 && (
            <section key={effect} class="rule-group" aria-labelledby={`rules-${effect}`}>
              <h2 id={`rules-${effect}`}>
                {t(`rules_group_${effect}`)} <span class="soft">{countWords(group.length)}</span>
              </h2>
              <ul>
                {group.map((view) => (
                  <li key={view.rule.id}>
                    <Row view={view} policy={policy} />
                  </li>
                ))}
              </ul>
            </section>
          )
        );
      })}
      {rules.length > 0 && !readOnly && <FreeLink />}
    </div>
  );
};

/** Those that still hold first, then the newest. */
const byLife = (a: RuleView, b: RuleView): number =>
  Number(a.ended) - Number(b.ended) || b.rule.made.at - a.rule.made.at;

const Row = ({ view, policy }: { view: RuleView; policy: Policy }) => {
  const { rule, ended } = view;
  return (
    <a class={`rule-row${ended ? ' is-ended' : ''}`} href={`#/rules/${rule.id}`}>
      <EffectIcon effect={rule.effect} size={20} />
      <span class="grow">
        <span class="rule-row-sentence">
          <RuleSentence rule={rule} names={policy.names} />
        </span>
        <span class="rule-row-meta">
          {ended && <span class="is-warn">{t('rules_ended')}</span>}
          {!ended && rule.until !== undefined && <span>{t('rules_ends', timeUntil(rule.until, Date.now()))}</span>}
          <Uses view={view} />
          {rule.note !== undefined && <bdi dir="auto">{rule.note}</bdi>}
        </span>
      </span>
      {rule.locked && (
        <span class="rule-row-lock soft">
          <Icon name="lock" size={16} />
          <span class="unseen">{t('rule_locked')}</span>
        </span>
      )}
      <span class="soft">
        <Icon name="right" size={16} />
      </span>
    </a>
  );
};

/** How often a rule answered. One that forbids or asks is used in silence: its uses are not counted. */
const Uses = ({ view: { rule, uses, lastUsedAt } }: { view: RuleView }) => {
  if (uses > 0 && lastUsedAt !== undefined)
    return <span>{tn('rules_used', uses, timeAgo(lastUsedAt, Date.now()))}</span>;
  return rule.effect === 'permit' ? <span>{t('rules_unused')}</span> : null;
};

const NoRules = ({ readOnly }: { readOnly: boolean }) => (
  <Empty title={t('rules_empty')}>
    <p class="soft">{t('rules_empty_why')}</p>
    <p class="soft">{t('rules_empty_how')}</p>
    {!readOnly && (
      <div class="row-wrap empty-ways">
        <a class="button primary" href="#/rules/.new">
          <Icon name="plus" size={16} />
          {t('rules_new_first')}
        </a>
        <a class="button" href="#/rules/.free">
          {t('rules_free_link')}
        </a>
      </div>
    )}
  </Empty>
);

const FreeLink = () => (
  <p class="soft">
    {t('rules_free_hint')}{' '}
    <a class="link" href="#/rules/.free">
      {t('rules_free_link')}
    </a>
  </p>
);
