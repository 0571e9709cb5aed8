import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { emptyPassword, isUsable, NewPassword } from '../../../../components/new-password.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { isAboutOpener, OpenerField, useOpener } from '../../../../components/opener.tsx';
import { useAction } from '../../../../components/use-action.ts';
import type { WalletStatus } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { SectionHead } from '../parts/section-head.tsx';

/** Another password for the same vault; who forgot the old one and has a passkey needs no words for it. */
export const ChangePassword = ({ status }: { status: WalletStatus }) => {
  const opener = useOpener(status);
  const [next, setNext] = useState(emptyPassword);
  const [tried, setTried] = useState(false);
  const [done, setDone] = useState(false);
  const { busy, error, run } = useAction();

  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (!opener.ready || !isUsable(next)) return;
    run(async () => {
      await opener.use((current) => ask('wallet.changePassword', { current, next: next.password }));
      setNext(emptyPassword);
      setDone(true);
    });
  };

  return (
    <div class="stack-wide narrow-form">
      <SectionHead title={t('settings_password_change')} lead={t('change_lead')} />
      {done ? (
        <Notice tone="safe">{t('change_done')}</Notice>
      ) : (
        <form class="stack-wide" onSubmit={submit}>
          <OpenerField
            opener={opener}
            status={status}
            tried={tried}
            error={error}
            busy={busy}
            label={t('change_current')}
          />
          <NewPassword state={next} onChange={setNext} tried={tried} />
          <Problem error={isAboutOpener(error) ? undefined : error} />
          <div>
            <Button type="submit" look="primary" busy={busy}>
              {t('settings_password_change')}
            </Button>
          </div>
        </form>
      )}
    </div>
  );
};
