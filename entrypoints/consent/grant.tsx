import { Icon } from '../../components/icon.tsx';
import { compartmentList } from '../../components/compartment-words.ts';
import type { OpenerChoice } from '../../components/opener.tsx';
import { OpenerField } from '../../components/opener.tsx';
import type { SignetError } from '../../lib/core/index.ts';
import type { CompartmentName, WalletStatus } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';

/** What has to be opened for this one answer, and the opener for it. */
export const Grant = ({
  compartments,
  status,
  opener,
  busy,
  error,
}: {
  compartments: readonly CompartmentName[];
  status: WalletStatus;
  opener: OpenerChoice;
  busy: boolean;
  error: SignetError | undefined;
}) => (
  <section class="panel grant" aria-label={t('grant_title', compartmentList(compartments))}>
    <h2 class="row">
      <Icon name="lock" size={16} />
      {t('grant_title', compartmentList(compartments))}
    </h2>
    <OpenerField opener={opener} status={status} tried={false} error={error} busy={busy} />
  </section>
);
