import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { sizeWords } from '../../../../components/size-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import { t } from '../../../../lib/platform/index.ts';

type Kept = 'promised' | 'open' | 'refused';

/** How much room Signet takes, and the browser's promise not to clear it: asked for, never relied on. */
export const StorageRoom = () => {
  const [kept, setKept] = useState<Kept | undefined>(undefined);
  const [usage, setUsage] = useState<StorageEstimate | undefined>(undefined);
  const { busy, error, run } = useAction();

  useEffect(() => {
    run(async () => {
      setUsage(await navigator.storage.estimate());
      setKept((await navigator.storage.persisted()) ? 'promised' : 'open');
    });
  }, []);
  const persist = () => run(async () => setKept((await navigator.storage.persist()) ? 'promised' : 'refused'));

  return (
    <div class="line">
      <div class="grow">
        <h3>{t('storage_keep')}</h3>
        <p class="soft">{t('storage_keep_why')}</p>
        <p role="status" class="small soft">
          {usage?.usage !== undefined && t('storage_usage', sizeWords(usage.usage), sizeWords(usage.quota ?? 0))}{' '}
          {kept !== undefined && t(`storage_kept_${kept}`)}
        </p>
        <Problem error={error} />
      </div>
      {kept !== 'promised' && (
        <Button busy={busy} onClick={persist}>
          {t('storage_keep_button')}
        </Button>
      )}
    </div>
  );
};
