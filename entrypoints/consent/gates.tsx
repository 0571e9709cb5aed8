import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Seal } from '../../components/seal.tsx';
import { UnlockForm } from '../../components/unlock-form.tsx';
import type { WalletStatus } from '../../lib/messaging/index.ts';
import { openAppTab, t } from '../../lib/platform/index.ts';

/** No vault yet: the request waits while the person makes one in the full tab. */
export const NoVault = () => (
  <section class="gate">
    <Seal state="locked" size={64} />
    <h2>{t('consent_no_vault_title')}</h2>
    <p class="soft">{t('consent_no_vault')}</p>
    <Button look="primary" onClick={() => void openAppTab('#/welcome')}>
      {t('setup')}
      <Icon name="open" size={16} />
    </Button>
  </section>
);

/** The password, below the request it is needed for. */
export const Locked = ({
  status,
  again,
  title = t('consent_locked'),
}: {
  status: WalletStatus;
  again: () => void;
  title?: string;
}) => (
  <section class="gate-unlock">
    <h2>{title}</h2>
    <UnlockForm status={status} onTried={again} compact />
  </section>
);
