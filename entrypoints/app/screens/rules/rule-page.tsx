import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { prettyJson } from '../../../../components/policy/pretty-json.ts';
import { RuleCard } from '../../../../components/policy/rule-card.tsx';
import { whenWords } from '../../../../components/policy/rule-sentence.tsx';
import { countWords } from '../../../../components/count-words.ts';
import { dateAndTimeWords, timeAgo } from '../../../../components/time-words.ts';
import type { RuleView } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { RuleDelete, RuleLock } from './rule-dialogs.tsx';
import type { Policy } from './policy.ts';

/** One rule: what it says, how it was used, its JSON, and what can be done with it. */
export const RulePage = ({ policy, view, readOnly }: { policy: Policy; view: RuleView; readOnly: boolean }) => {
  const { rule, uses, lastUsedAt, ended } = view;
  const [asking, setAsking] = useState<'lock' | 'delete' | undefined>(undefined);
  const close = () => setAsking(undefined);
  return (
    <div class="stack-wide">
      <div class="stack">
        <a class="link back" href="#/rules">
          {t('rules_back')}
        </a>
        <h1 class="unseen">{t('rules_single')}</h1>
        <RuleCard rule={rule} names={policy.names}>
          {rule.note !== undefined && (
            <p class="soft">
              <bdi dir="auto">{rule.note}</bdi>
            </p>
          )}
          {ended && <p class="is-warn">{t('rules_ended_long')}</p>}
        </RuleCard>
        {!readOnly && (
          <div class="row-wrap">
            <a class="button" href={`#/rules/${rule.id}/edit`}>
              <Icon name="edit" size={16} />
              {t('rules_change')}
            </a>
            <Button onClick={() => setAsking('lock')}>
              <Icon name="lock" size={16} />
              {t(rule.locked ? 'rules_unlock' : 'rules_lock')}
            </Button>
            <Button look="harm" onClick={() => setAsking('delete')}>
              <Icon name="trash" size={16} />
              {t('rules_delete')}
            </Button>
          </div>
        )}
      </div>
      <section class="stack">
        <h2>{t('rules_about')}</h2>
        <dl class="facts-list">
          <dt>{t('rules_about_uses')}</dt>
          <dd>
            {countWords(uses)}
            {lastUsedAt !== undefined && ` · ${t('rules_last_used', timeAgo(lastUsedAt, Date.now()))}`}
          </dd>
          <dt>{t('rules_about_ends')}</dt>
          <dd>{rule.until === undefined ? t('rules_open_end') : whenWords(rule.until)}</dd>
          <dt>{t('rule_locked')}</dt>
          <dd>{t(rule.locked ? 'rules_locked_yes' : 'rules_locked_no')}</dd>
          <dt>{t('rules_about_made')}</dt>
          <dd>
            {dateAndTimeWords(rule.made.at)} · {t(`rules_made_${rule.made.by}`)}
          </dd>
          <dt>{t('rules_about_id')}</dt>
          <dd class="mono">{rule.id}</dd>
        </dl>
      </section>
      <section class="stack">
        <div class="row-wrap">
          <h2 class="grow">{t('rules_json')}</h2>
          {!readOnly && (
            <a class="link" href={`#/rules/${rule.id}/edit/json`}>
              {t('rules_json_edit')}
            </a>
          )}
        </div>
        <pre class="json-view mono" tabIndex={0} aria-label={t('rules_json')}>
          {prettyJson(rule)}
        </pre>
      </section>
      {asking === 'lock' && <RuleLock rule={rule} onClose={close} />}
      {asking === 'delete' && <RuleDelete policy={policy} rule={rule} onClose={close} />}
    </div>
  );
};
