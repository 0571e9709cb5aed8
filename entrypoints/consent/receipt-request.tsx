import { Problem } from '../../components/notice.tsx';
import { useAction } from '../../components/use-action.ts';
import type { ReceiptWaiting, WalletStatus } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { DenyButton } from './deny.tsx';
import { Frame, Section } from './frame.tsx';
import { Locked, NoVault } from './gates.tsx';

/** A merchant hands over a receipt while the vault is locked: there is nothing to decide but whether to unlock. */
export const ReceiptRequest = ({
  request,
  status,
  again,
}: {
  request: ReceiptWaiting;
  status: WalletStatus;
  again: () => void;
}) => {
  const { requestId, state } = request;
  const decision = useAction();
  const deny = () =>
    decision.run(async () => {
      try {
        await ask('requests.deny', { requestId });
      } finally {
        again();
      }
    });
  return (
    <Frame
      request={request}
      title={t('asks_receipt')}
      focusHeading={state.step !== 'locked'}
      actions={
        <>
          <Problem error={decision.error} />
          <div class="decide-row">
            <DenyButton onDeny={deny} busy={decision.busy} more={undefined} />
          </div>
        </>
      }
    >
      <Section title={t('receipt_waits')}>
        <p>{t('receipt_waits_means')}</p>
      </Section>
      {state.step === 'no_vault' ? <NoVault /> : <Locked status={status} again={again} title={t('receipt_unlock')} />}
    </Frame>
  );
};
