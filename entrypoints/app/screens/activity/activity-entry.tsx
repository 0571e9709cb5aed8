import { useState } from 'preact/hooks';
import { aboutPhrase, AuditSentence } from '../../../../components/audit-sentence.tsx';
import { auditWords, decisionWords, isOfSitesWords } from '../../../../components/audit-words.ts';
import { Button } from '../../../../components/button.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { OriginWithTransport } from '../../../../components/origin.tsx';
import { RuleSentence } from '../../../../components/policy/rule-sentence.tsx';
import { namesOf } from '../../../../components/site-words.ts';
import { countWords } from '../../../../components/count-words.ts';
import { momentWords } from '../../../../components/time-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import { displayText } from '../../../../lib/core/index.ts';
import type { AuditEntryView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { saveBlob } from '../../save-file.ts';

/** One thing that happened, as a sentence that opens to what was written down about it. */
export const ActivityEntry = ({ entry, clock }: { entry: AuditEntryView; clock: Intl.DateTimeFormat }) => {
  const [open, setOpen] = useState(false);
  return (
    <li>
      <details class="log-entry" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary class="entry">
          <span class={`entry-icon ${toneOf(entry)}`}>
            <Icon name={auditWords(entry).icon} size={16} />
          </span>
          <span class="grow sentence">
            <AuditSentence entry={entry} />
          </span>
          <time class="small soft" dateTime={new Date(entry.time).toISOString()}>
            {clock.format(entry.time)}
          </time>
          <span class="entry-open soft">
            <Icon name="right" size={16} />
          </span>
        </summary>
        {open && <Details entry={entry} />}
      </details>
    </li>
  );
};

const Details = ({ entry }: { entry: AuditEntryView }) => {
  const { busy, error, run } = useAction();
  const save = () =>
    run(async () => {
      const { text, name } = await ask('audit.exportEntry', { seq: entry.seq });
      saveBlob(name, new Blob([text], { type: 'text/plain' }));
    });
  const decision = decisionWords(entry);
  return (
    <div class="stack entry-details">
      <dl class="facts-list">
        <dt>{t('activity_number')}</dt>
        <dd>{countWords(entry.seq)}</dd>
        <dt>{t('activity_time')}</dt>
        <dd>{momentWords(entry.time)}</dd>
        <dt>{t('activity_kind')}</dt>
        <dd class="mono">{entry.kind}</dd>
        {URL.canParse(entry.subject) && (
          <>
            <dt>{t('activity_site')}</dt>
            <dd>
              <OriginWithTransport origin={entry.subject} />
            </dd>
          </>
        )}
        {entry.claims.length > 0 && (
          <>
            <dt>{t(isOfSitesWords(entry) ? 'cap_kind' : 'activity_facts')}</dt>
            <dd>{aboutPhrase(entry)}</dd>
          </>
        )}
        {decision !== undefined && (
          <>
            <dt>{t('activity_decision')}</dt>
            <dd>{t(decision)}</dd>
          </>
        )}
        {entry.rules.length > 0 && (
          <>
            <dt>{t(decision === undefined ? 'audit_rules_about' : 'audit_rules')}</dt>
            <dd>
              <Matched ids={entry.rules} />
            </dd>
          </>
        )}
        {decision !== undefined && (
          <>
            <dt>{t('audit_policy')}</dt>
            <dd class="mono">{entry.policy}</dd>
          </>
        )}
      </dl>
      <div class="row-wrap">
        <Button busy={busy} onClick={save}>
          {t('activity_proof')}
        </Button>
        <p class="hint grow">{t('activity_proof_why')}</p>
      </div>
      <Problem error={error} />
    </div>
  );
};

/** The rules that matched: each leads to where it can be changed, while it is still there. */
const Matched = ({ ids }: { ids: readonly string[] }) => {
  const policy = useAsked('policy.get', {}, ['policy']);
  if (policy.state === 'loading') return <Loading />;
  if (policy.state === 'failed') return <Problem error={policy.error} />;
  const { rules, defaults } = policy.value;
  const names = namesOf(defaults);
  return (
    <ul class="stack-tight">
      {ids.map((id) => {
        const found = rules.find(({ rule }) => rule.id === id);
        return (
          <li key={id}>
            {found === undefined ? (
              <span class="soft">{t('audit_rule_gone', displayText(id, 64))}</span>
            ) : (
              <a class="link" href={`#/rules/${id}`}>
                <RuleSentence rule={found.rule} names={names} />
              </a>
            )}
          </li>
        );
      })}
    </ul>
  );
};

function toneOf(entry: AuditEntryView): string {
  if (entry.kind === 'proof.allowed' || entry.kind === 'capability.released') return 'is-wax';
  const { icon } = auditWords(entry);
  if (icon === 'warn') return 'is-warn';
  return icon === 'harm' ? 'is-harm' : 'soft';
}
