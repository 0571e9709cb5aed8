import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Problem } from '../../components/notice.tsx';
import { useAction } from '../../components/use-action.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { saveFile } from './save-file.ts';

/** Everything that is stored, still sealed, as a file for safe keeping. */
export const SaveRawRows = ({ primary = false }: { primary?: boolean }) => {
  const { busy, error, run } = useAction();
  const save = () =>
    run(async () => {
      const { json } = await ask('recovery.download', {});
      saveFile('signet-rows.json', json);
    });
  return (
    <div class="card stack">
      <h3>{t('recovery_save_title')}</h3>
      <p class="soft">{t('recovery_save')}</p>
      <Problem error={error} />
      <div>
        <Button look={primary ? 'primary' : 'plain'} busy={busy} onClick={save}>
          <Icon name="download" size={16} />
          {t('recovery_save_button')}
        </Button>
      </div>
    </div>
  );
};
