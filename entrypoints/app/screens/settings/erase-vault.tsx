import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { EraseConfirm, isEraseWord } from '../../../../components/erase-confirm.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { BackupsThatHoldIt } from '../../backups-made.tsx';
import { goTo } from '../../route.ts';
import { Line } from '../parts/line.tsx';

/** Deletes the vault from this device, once the person has typed so and read what stays elsewhere. */
export const EraseVault = () => {
  const [asking, setAsking] = useState(false);
  return (
    <Line title={t('erase_title')} text={t('erase_why')}>
      <Button look="harm" onClick={() => setAsking(true)}>
        <Icon name="trash" size={16} />
        {t('erase_button')}
      </Button>
      {asking && <EraseDialog onClose={() => setAsking(false)} />}
    </Line>
  );
};

const EraseDialog = ({ onClose }: { onClose: () => void }) => {
  const [word, setWord] = useState('');
  const [tried, setTried] = useState(false);
  const { busy, error, run } = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (!isEraseWord(word)) return;
    run(async () => {
      await ask('wallet.erase', { confirm: 'erase' });
      goTo('#/welcome');
    });
  };
  return (
    <Dialog title={t('erase_title')} onClose={onClose}>
      <form class="stack" onSubmit={submit} autocomplete="off">
        <p>{t('erase_lost')}</p>
        <Notice tone="warn">
          <div class="stack">
            <BackupsThatHoldIt />
            <p>{t('erase_remains')}</p>
          </div>
        </Notice>
        <EraseConfirm value={word} onInput={setWord} tried={tried} />
        <Problem error={error} />
        <div class="actions">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" look="harm filled" busy={busy}>
            {t('erase_button')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
