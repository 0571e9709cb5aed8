import type { ComponentChildren } from 'preact';
import { compartmentList } from '../../components/compartment-words.ts';
import { Notice } from '../../components/notice.tsx';
import { dateAndTimeWords } from '../../components/time-words.ts';
import type { BackupReport, CheckpointView } from '../../lib/messaging/index.ts';
import { t, tn } from '../../lib/platform/index.ts';

/** What a backup file holds, and how it stands to the vault that is here. */
export const BackupFacts = ({ report }: { report: BackupReport }) => (
  <div class="stack">
    <dl class="facts-list">
      <Fact term={t('backup_fact_made')}>{dateAndTimeWords(report.madeAt)}</Fact>
      <Fact term={t('backup_fact_records')}>{tn('backup_fact_records', report.records)}</Fact>
      <Fact term={t('nav_credentials')}>{tn('backup_fact_credentials', report.credentials)}</Fact>
      <Fact term={t('tier_3')}>{lockedAwayWords(report)}</Fact>
      <Fact term={t('backup_fact_state')}>{checkpointWords(report.checkpoint)}</Fact>
      {report.here !== undefined && <Fact term={t('backup_fact_here')}>{checkpointWords(report.here)}</Fact>}
    </dl>
    <Standing report={report} />
  </div>
);

const Fact = ({ term, children }: { term: string; children: ComponentChildren }) => (
  <>
    <dt>{term}</dt>
    <dd>{children}</dd>
  </>
);

function lockedAwayWords({ compartments, withoutTier3 }: BackupReport): string {
  if (compartments.length > 0) return compartmentList(compartments);
  return withoutTier3 ? t('backup_fact_tier3_left_out') : t('backup_fact_tier3_none');
}

/** Where a log stood: how many entries, and when that was signed. */
export const checkpointWords = ({ size, time }: CheckpointView): string =>
  tn('checkpoint', size, dateAndTimeWords(time));

const Standing = ({ report: { sameVault, checkpoint, here } }: { report: BackupReport }) => {
  if (sameVault === false) return <Notice tone="warn">{t('backup_other_vault')}</Notice>;
  if (here === undefined) return null;
  const since = here.size - checkpoint.size;
  return since > 0 ? (
    <Notice tone="info">{tn('backup_since', since)}</Notice>
  ) : (
    <Notice tone="safe">{t('backup_up_to_date')}</Notice>
  );
};
