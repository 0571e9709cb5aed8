import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { RuleSentence } from '../../../../components/policy/rule-sentence.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import type { AnalysisNote } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';
import type { Policy } from './policy.ts';

/** Rules that do nothing, and why; each can go with one click. */
export const RulesTidy = ({ policy, readOnly }: { policy: Policy; readOnly: boolean }) => {
  const asked = useAsked('policy.analyse', {}, ['policy']);
  const notes = asked.state === 'ready' ? asked.value.notes : [];
  const [said, setSaid] = useState('');
  return (
    <div class="tidy-place">
      <p role="status" class="unseen">
        {said}
      </p>
      {notes.length > 0 && (
        <details class="tidy">
          <summary>
            <strong>{tn('rules_tidy', notes.length)}</strong> <span class="soft">{t('rules_tidy_why')}</span>
          </summary>
          <ul>
            {notes.map((note) => (
              <li key={`${note.kind} ${note.rule}`}>
                <Note note={note} policy={policy} readOnly={readOnly} onDone={() => setSaid(t('rules_tidy_done'))} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
};

const Note = ({
  note,
  policy: { set, names },
  readOnly,
  onDone,
}: {
  note: AnalysisNote;
  policy: Policy;
  readOnly: boolean;
  onDone: () => void;
}) => {
  const { busy, error, run } = useAction();
  const rule = set.rules.find(({ id }) => id === note.rule);
  const other = set.rules.find(({ id }) => id === note.other);
  if (rule === undefined) return null;
  const remove = () =>
    run(async () => {
      await ask('policy.deleteRule', { id: rule.id });
      onDone();
    });
  return (
    <div class="tidy-note">
      <div class="grow stack-tight">
        <p>
          <RuleSentence rule={rule} names={names} />
        </p>
        <p class="soft small">{t(`rules_note_${note.kind}`)}</p>
        {other !== undefined && (
          <p class="tidy-other small">
            <RuleSentence rule={other} names={names} />
          </p>
        )}
        <Problem error={error} />
      </div>
      {!readOnly &&
        (rule.locked ? (
          <a class="button" href={`#/rules/${rule.id}`}>
            {t('rules_tidy_locked')}
          </a>
        ) : (
          <Button busy={busy} onClick={remove}>
            {t('rules_tidy_remove')}
          </Button>
        ))}
    </div>
  );
};
