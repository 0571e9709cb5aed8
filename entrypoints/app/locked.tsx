import { useEffect } from 'preact/hooks';
import { UnlockForm } from '../../components/unlock-form.tsx';
import type { WalletStatus } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { goTo } from './route.ts';

/** The vault is locked: the password, a passkey, or a way for who has neither. */
export const Locked = ({
  status,
  passkeyFirst,
  again,
}: {
  status: WalletStatus;
  passkeyFirst: boolean;
  again: () => void;
}) => {
  useEffect(() => {
    if (passkeyFirst) goTo('#/'); // asked for once: a later lock in this tab asks for nothing by itself
  }, []);
  return (
    <main class="alone narrow">
      <h1 class="locked-title">{t('unlock_title')}</h1>
      <UnlockForm status={status} onTried={again} passkeyFirst={passkeyFirst}>
        <a class="link centered" href="#/forgot">
          {t('forgot_link')}
        </a>
      </UnlockForm>
    </main>
  );
};
