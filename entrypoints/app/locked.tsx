import { UnlockForm } from '../../components/unlock-form.tsx';
import type { WalletStatus } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';

/** The vault is locked: the password, or a way for who forgot it. */
export const Locked = ({ status, again }: { status: WalletStatus; again: () => void }) => (
  <main class="alone narrow">
    <h1 class="locked-title">{t('unlock_title')}</h1>
    <UnlockForm status={status} onTried={again}>
      <a class="link centered" href="#/forgot">
        {t('forgot_link')}
      </a>
    </UnlockForm>
  </main>
);
