import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { Progress } from '../../../../components/progress.tsx';
import { countWords } from '../../../../components/count-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import type { IntegrityReport } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';

interface Walk {
  readonly checked: number;
  readonly total: number;
}

interface Checking {
  /** Whether rows are known to differ: then it is what to do here. */
  readonly rowsDiffer: boolean;
  /** A check has begun: it tells more than that they differ. */
  readonly onBegun: () => void;
  readonly onCleaned: () => void;
}

/** Walks every row and says what does not belong, is missing or was altered. */
export const StorageCheck = ({ rowsDiffer, onBegun, onCleaned }: Checking) => {
  const { busy, error, run } = useAction();
  const [walk, setWalk] = useState<Walk | undefined>(undefined);
  const [report, setReport] = useState<IntegrityReport | undefined>(undefined);
  const [cleaned, setCleaned] = useState<number | undefined>(undefined);
  const [asking, setAsking] = useState(false);
  const wanted = useRef(true);
  useEffect(() => () => void (wanted.current = false), []);

  const check = () =>
    run(async () => {
      onBegun();
      setReport(undefined);
      setCleaned(undefined);
      wanted.current = true;
      setWalk({ checked: 0, total: 0 });
      try {
        const found = await walkAll(setWalk, () => wanted.current);
        if (found !== undefined) setReport(found);
      } finally {
        setWalk(undefined);
      }
    });

  return (
    <section class="stack check" aria-labelledby="check-title">
      <div class="card line">
        <div class="grow">
          <h2 id="check-title">{t('storage_check')}</h2>
          <p class="soft">{t('storage_check_why')}</p>
        </div>
        {walk === undefined && (
          <Button busy={busy} look={rowsDiffer && report === undefined ? 'primary' : 'plain'} onClick={check}>
            {t('storage_check_button')}
          </Button>
        )}
        {walk !== undefined && (
          <Progress
            label={t('storage_checking')}
            {...(walk.total === 0 ? {} : { done: walk.checked / walk.total })}
            onCancel={() => void (wanted.current = false)}
          />
        )}
      </div>
      <Problem error={error} />
      <div role="status" class="stack">
        {cleaned !== undefined && <Notice tone="safe">{tn('storage_cleaned', cleaned)}</Notice>}
        {report !== undefined && <Verdict report={report} onClean={() => setAsking(true)} />}
      </div>
      {asking && report !== undefined && (
        <CleanDialog
          strangers={report.strangers}
          onClose={() => setAsking(false)}
          onDone={(after) => {
            setAsking(false);
            setCleaned(report.strangers - after.strangers);
            setReport(isWhole(after) ? undefined : after);
            onCleaned();
          }}
        />
      )}
    </section>
  );
};

const isWhole = ({ missing, altered, strangers }: IntegrityReport): boolean => missing + altered + strangers === 0;

const Verdict = ({ report, onClean }: { report: IntegrityReport; onClean: () => void }) => {
  if (isWhole(report)) return <Notice tone="safe">{tn('storage_whole', report.rows)}</Notice>;
  const { missing, altered, strangers } = report;
  return (
    <>
      {missing + altered > 0 && (
        <Notice tone="harm">
          <strong>{t('storage_broken', countWords(missing), countWords(altered))}</strong> {t('storage_broken_why')}{' '}
          <a class="link" href="#/settings/backup">
            {t('storage_backups')}
          </a>
        </Notice>
      )}
      {strangers > 0 && (
        <Notice tone="warn">
          <div class="row-wrap">
            <p class="grow">
              <strong>{tn('storage_strangers', strangers)}</strong> {t('storage_strangers_why')}
            </p>
            <Button onClick={onClean}>{t('storage_clean')}</Button>
          </div>
        </Notice>
      )}
    </>
  );
};

const CleanDialog = ({
  strangers,
  onClose,
  onDone,
}: {
  strangers: number;
  onClose: () => void;
  onDone: (after: IntegrityReport) => void;
}) => {
  const { busy, error, run } = useAction();
  const clean = () => run(async () => onDone(await ask('storage.clean', {})));
  return (
    <Dialog title={tn('storage_clean_title', strangers)} onClose={onClose}>
      <p>{t('storage_clean_lost')}</p>
      <Problem error={error} />
      <div class="actions">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button look="harm filled" busy={busy} onClick={clean}>
          {t('storage_clean_button')}
        </Button>
      </div>
    </Dialog>
  );
};

/** Goes on, stretch by stretch, until the walk is done or nobody waits for it: then there is no report. */
async function walkAll(onProgress: (walk: Walk) => void, goOn: () => boolean): Promise<IntegrityReport | undefined> {
  let step = await ask('storage.check', {});
  while (step.report === undefined) {
    if (!goOn()) return undefined;
    onProgress(step);
    step = await ask('storage.check', { id: step.id });
  }
  return step.report;
}
