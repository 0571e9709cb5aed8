import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Notice } from '../../../../components/notice.tsx';
import type { BackupReport } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { BackupFacts } from '../../backup-facts.tsx';
import { ChooseBackup } from '../../choose-backup.tsx';
import { SectionHead } from '../parts/section-head.tsx';

/** Opens a backup as restoring would, and changes nothing: so that one knows before it is needed. */
export const RehearseBackup = ({ onDone }: { onDone: () => void }) => {
  const [report, setReport] = useState<BackupReport | undefined>(undefined);
  return (
    <div class="stack-wide narrow-form">
      <SectionHead title={t('backup_rehearse')} lead={t('backup_rehearse_lead')} />
      {report === undefined ? (
        <ChooseBackup
          submit={t('backup_rehearse_submit')}
          onOpened={({ report: opened }) => setReport(opened)}
          onBack={onDone}
        />
      ) : (
        <>
          <Notice tone="safe">{t('backup_rehearsed')}</Notice>
          <BackupFacts report={report} />
          <div>
            <Button look="primary" onClick={onDone}>
              {t('done')}
            </Button>
          </div>
        </>
      )}
    </div>
  );
};
