import { useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import type { WalletStatus } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';

/** Why nothing can be changed now, for as long as that is so. */
export const ReadOnlyBanner = ({ readOnly }: Pick<WalletStatus, 'readOnly'>) =>
  readOnly === undefined ? null : (
    <Notice tone="warn">
      <strong>{t(`read_only_${readOnly}_title`)}</strong> {t(`read_only_${readOnly}`)}
    </Notice>
  );

/** There is something to lose. It can be put off until the vault is next opened. */
export const BackupReminder = ({ status, here }: { status: WalletStatus; here: boolean }) => {
  const [later, setLater] = useState(false);
  if (!status.backupDue || later || here || status.readOnly !== undefined || status.phraseUnconfirmed) return null;
  return (
    <Notice tone="info">
      <div class="banner">
        <p>
          <strong>{t('backup_due_title')}</strong> {t('backup_due')}
        </p>
        <a class="button" href="#/settings/backup">
          {t('settings_backup')}
        </a>
        <Button look="quiet" onClick={() => setLater(true)}>
          {t('backup_due_later')}
        </Button>
      </div>
    </Notice>
  );
};
