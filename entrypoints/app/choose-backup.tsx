import { useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { FileField, PasswordField } from '../../components/fields.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { Progress } from '../../components/progress.tsx';
import type { BackupReport } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { sendBackup } from './backup-transfer.ts';
import { useTransfer } from './use-transfer.ts';

/** A backup file that its passphrase opened. */
export interface OpenedBackup {
  readonly id: string;
  readonly passphrase: string;
  readonly report: BackupReport;
}

/** Takes a file and its passphrase, and opens it whole in the worker. Nothing is changed by it. */
export const ChooseBackup = ({
  submit,
  onOpened,
  onBack,
}: {
  submit: string;
  onOpened: (backup: OpenedBackup) => void;
  onBack: () => void;
}) => {
  const [file, setFile] = useState<File | undefined>(undefined);
  const [passphrase, setPassphrase] = useState('');
  const [tried, setTried] = useState(false);
  const { busy, done, error, run, cancel } = useTransfer();

  const open = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (file === undefined || passphrase === '') return;
    run(async (transfer) => {
      const id = await sendBackup(file, transfer);
      const report = await ask('restore.rehearse', { id, passphrase });
      if (!transfer.signal.aborted) onOpened({ id, passphrase, report });
    });
  };
  const about = (field: string) => (error?.field === field ? error.message : undefined);

  return (
    <form class="stack-wide" onSubmit={open} autocomplete="off">
      <div class="stack" hidden={busy}>
        <FileField
          label={t('restore_file')}
          onChange={setFile}
          problem={about('file') ?? (tried && file === undefined ? t('restore_file_missing') : undefined)}
        />
        <PasswordField
          label={t('backup_passphrase')}
          hint={t('restore_passphrase_hint')}
          value={passphrase}
          onInput={setPassphrase}
          problem={about('passphrase') ?? (tried && passphrase === '' ? t('restore_passphrase_missing') : undefined)}
        />
        <Problem error={error?.field === 'file' || error?.field === 'passphrase' ? undefined : error} />
        <Notice tone="info">{t('restore_opening_harmless')}</Notice>
        <div class="row-wrap">
          <Button type="submit" look="primary">
            {submit}
          </Button>
          <Button look="quiet" onClick={onBack}>
            {t('back')}
          </Button>
        </div>
      </div>
      {busy && <Progress label={t('restore_opening')} done={done === 1 ? undefined : done} onCancel={cancel} />}
    </form>
  );
};
