import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { t } from '../../../../lib/platform/index.ts';
import { BackupTimes, useBackupsMade } from '../../backups-made.tsx';
import { MakeBackup } from './backup-make.tsx';
import { RehearseBackup } from './backup-rehearse.tsx';
import { Line } from '../parts/line.tsx';
import { SectionHead } from '../parts/section-head.tsx';

/** One file that brings the vault back: make it, try it, and see which there are. */
export const Backup = () => {
  const [at, setAt] = useState<'overview' | 'make' | 'rehearse'>('overview');
  const back = () => setAt('overview');
  switch (at) {
    case 'make':
      return <MakeBackup onDone={back} />;
    case 'rehearse':
      return <RehearseBackup onDone={back} />;
    case 'overview':
      return <Overview onMake={() => setAt('make')} onRehearse={() => setAt('rehearse')} />;
  }
};

const Overview = ({ onMake, onRehearse }: { onMake: () => void; onRehearse: () => void }) => (
  <div class="stack-wide narrow-form">
    <SectionHead title={t('backup_title')} lead={t('backup_lead')} />
    <section class="card stack" aria-label={t('backup_title')}>
      <Line heading="h2" title={t('backup_make')} text={t('backup_make_why')}>
        <Button look="primary" onClick={onMake}>
          {t('backup_make_button')}
        </Button>
      </Line>
      <Line heading="h2" title={t('backup_rehearse')} text={t('backup_rehearse_why')}>
        <Button onClick={onRehearse}>{t('backup_rehearse_button')}</Button>
      </Line>
      <Line heading="h2" title={t('backup_restore')} text={t('backup_restore_why')}>
        <a class="button" href="#/from-backup">
          {t('backup_restore_button')}
        </a>
      </Line>
    </section>
    <section class="stack">
      <h2>{t('backup_list')}</h2>
      <Made />
    </section>
  </div>
);

const Made = () => {
  const made = useBackupsMade();
  if (made.state === 'loading') return <Loading />;
  if (made.state === 'failed') return <Problem error={made.error} />;
  if (made.times.length === 0) return <p class="soft">{t('backup_list_empty')}</p>;
  return (
    <>
      <BackupTimes times={made.times} />
      <p class="small soft">{t('backup_list_means')}</p>
    </>
  );
};
