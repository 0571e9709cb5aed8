import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { dateAndTimeWords } from '../../../../components/time-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import type { CapabilityView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { goTo } from '../../route.ts';

/** Revokes a capability, once the person read what that can do and what it cannot. */
export const CapabilityRevoke = ({
  capability: { id, expiresAt, terms },
  onClose,
}: {
  capability: CapabilityView;
  onClose: () => void;
}) => {
  const { busy, error, run } = useAction();
  const revoke = () =>
    run(async () => {
      await ask('capabilities.revoke', { id });
      onClose();
    });
  return (
    <Dialog title={t('cap_revoke_title')} onClose={onClose}>
      <p>{t('cap_revoke_does')}</p>
      <p>{t(terms.unit === undefined ? 'cap_revoke_offline' : 'cap_revoke_units', dateAndTimeWords(expiresAt))}</p>
      <p class="soft">{t('cap_revoke_counts')}</p>
      <Problem error={error} />
      <div class="actions">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button look="harm filled" busy={busy} onClick={revoke}>
          {t('cap_revoke')}
        </Button>
      </div>
    </Dialog>
  );
};

/** Forgets one that has ended, with its receipts. */
export const CapabilityForget = ({
  capability: { id, receipts },
  onClose,
}: {
  capability: CapabilityView;
  onClose: () => void;
}) => {
  const { busy, error, run } = useAction();
  const forget = () =>
    run(async () => {
      await ask('capabilities.forget', { id });
      goTo('#/capabilities');
    });
  return (
    <Dialog title={t('cap_forget_title')} onClose={onClose}>
      <p>{t(receipts.length === 0 ? 'cap_forget_lost' : 'cap_forget_lost_receipts')}</p>
      <p class="soft">{t('cap_forget_kept')}</p>
      <Problem error={error} />
      <div class="actions">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button look="harm filled" busy={busy} onClick={forget}>
          {t('cap_forget')}
        </Button>
      </div>
    </Dialog>
  );
};
