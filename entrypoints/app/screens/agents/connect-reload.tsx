import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';

/** The browser granted it, and it works once Signet has started anew: said first, with what goes with that. */
export const ConnectReload = () => {
  const [waiting, setWaiting] = useState(0);
  const { busy, error, run } = useAction();
  const reload = () =>
    run(async () => {
      const answer = await ask('agents.reload', { lose: waiting > 0 });
      setWaiting(answer.waiting);
    });
  return (
    <div class="connect-state stack">
      <Notice tone="info">
        <strong>{t('connect_reload')}</strong> {t('connect_reload_means')}
      </Notice>
      <div role="alert">
        {waiting > 0 && (
          <Notice tone="warn">
            <strong>{tn('connect_reload_waiting', waiting)}</strong> {t('connect_reload_lose')}
          </Notice>
        )}
      </div>
      <div>
        <Button look={waiting > 0 ? 'harm filled' : 'primary'} busy={busy} onClick={reload}>
          <Icon name="reload" size={16} />
          {t(waiting > 0 ? 'connect_reload_anyway' : 'connect_reload_now')}
        </Button>
      </div>
      <Problem error={error} />
    </div>
  );
};
