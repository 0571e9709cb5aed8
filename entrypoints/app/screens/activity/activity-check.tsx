import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { Progress } from '../../../../components/progress.tsx';
import { countWords } from '../../../../components/count-words.ts';
import { momentWords } from '../../../../components/time-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import type { AuditProblem, CheckpointView, OwnResponse } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';

type Step = OwnResponse<'audit.verify'>;

/** Goes through the whole log, link by link, and says whether it is what was written. Closing stops it. */
export const ActivityCheck = ({ onClose }: { onClose: () => void }) => {
  const { error, run } = useAction();
  const [step, setStep] = useState<Step | undefined>(undefined);
  const wanted = useRef(true);

  const check = () =>
    run(async () => {
      let now = await ask('audit.verify', {});
      setStep(now);
      while (!now.done && wanted.current) {
        now = await ask('audit.verify', { id: now.id });
        setStep(now);
      }
    });
  useEffect(() => {
    check();
    return () => void (wanted.current = false);
  }, []);

  const done = step?.done === true;
  return (
    <Dialog title={t('activity_check_title')} onClose={onClose}>
      {!done && error === undefined && (
        <Progress
          label={t('activity_checking')}
          {...(step === undefined || step.total === 0 ? {} : { done: step.checked / step.total })}
        />
      )}
      <div role="status" class="stack">
        {done && (step.problem === undefined ? <Good step={step} /> : <Bad problem={step.problem} />)}
      </div>
      <Problem error={error} />
      <div class="actions">
        {error !== undefined && <Button onClick={check}>{t('try_again')}</Button>}
        <Button onClick={onClose}>{done || error !== undefined ? t('close') : t('cancel')}</Button>
      </div>
    </Dialog>
  );
};

const Good = ({ step: { total, checkpoint } }: { step: Step }) => (
  <>
    <Notice tone="safe">
      <strong>{tn('activity_good', total)}</strong> {t('activity_good_why')}
    </Notice>
    {checkpoint !== undefined && <Checkpoint checkpoint={checkpoint} />}
  </>
);

/** What a copy of the log kept elsewhere can be held against. */
const Checkpoint = ({ checkpoint: { size, root, time } }: { checkpoint: CheckpointView }) => (
  <div class="stack-tight">
    <h3>{t('activity_checkpoint')}</h3>
    <dl class="facts-list">
      <dt>{t('activity_checkpoint_size')}</dt>
      <dd>{countWords(size)}</dd>
      <dt>{t('activity_checkpoint_root')}</dt>
      <dd class="mono">{root}</dd>
      <dt>{t('activity_checkpoint_time')}</dt>
      <dd>{momentWords(time)}</dd>
    </dl>
    <p class="hint">{t('activity_checkpoint_why')}</p>
  </div>
);

const Bad = ({ problem: { seq, kind, message } }: { problem: AuditProblem }) => (
  <>
    <Notice tone="harm">
      <div class="stack-tight">
        <strong>{t(`activity_bad_${kind}`, countWords(seq))}</strong>
        <p>{message}</p>
      </div>
    </Notice>
    <p>{t('activity_bad_kept')}</p>
    <p>{t('activity_bad_do')}</p>
  </>
);
