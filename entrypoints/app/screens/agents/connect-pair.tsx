import { Button } from '../../../../components/button.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { displayText, SignetError } from '../../../../lib/core/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { askToTalkToPrograms, t } from '../../../../lib/platform/index.ts';
import { ConnectReload } from './connect-reload.tsx';
import type { Pairing } from './pairing.ts';
import { useLeft } from './use-left.ts';

/** Where pairing stands, and the one thing to do about it. */
export const ConnectPair = ({ pairing, again }: { pairing: Pairing; again: () => void }) => {
  const { host, step } = pairing;
  if (host === 'reload') return <ConnectReload />;
  return (
    <div class="connect-state stack">
      {step === 'closed' && pairing.ended !== undefined && (
        <Notice tone="warn">
          <strong>{t(`connect_ended_${pairing.ended}`)}</strong> {t(`connect_ended_${pairing.ended}_next`)}
        </Notice>
      )}
      {host === 'no_host' && (
        <Notice tone="warn">
          <strong>{t('connect_no_host')}</strong> {t('connect_no_host_next')}
        </Notice>
      )}
      {host === 'lost' && (
        <Notice tone="warn">
          <strong>{t('connect_lost')}</strong> {t('connect_lost_next')}
        </Notice>
      )}
      {step === 'closed' || host === 'permission' || host === 'no_host' ? (
        <Begin pairing={pairing} again={again} />
      ) : (
        <Open pairing={pairing} again={again} />
      )}
    </div>
  );
};

/** Opens the pairing; where the browser has to be asked first, the same click asks it. */
const Begin = ({ pairing: { host, step }, again }: { pairing: Pairing; again: () => void }) => {
  const { busy, error, run } = useAction();
  const begin = () =>
    run(async () => {
      // First of all, in the click itself: later the browser asks nobody. Where it has said yes before, it says so at once.
      if ((host === 'off' || host === 'permission') && !(await askToTalkToPrograms())) {
        throw new SignetError('denied', t('connect_permission_denied'));
      }
      await ask('agents.pairing.start', {});
      again();
    });
  const isAgain = host === 'no_host' && step !== 'closed';
  return (
    <>
      {(host === 'off' || host === 'permission') && <p>{t('connect_permission')}</p>}
      <div class="row-wrap">
        <Button look="primary" busy={busy} onClick={begin}>
          {t(isAgain ? 'connect_look_again' : 'connect_begin')}
        </Button>
      </div>
      <Problem error={error} />
    </>
  );
};

/** The pairing is open: a program is waited for, or is there. */
const Open = ({ pairing, again }: { pairing: Exclude<Pairing, { step: 'closed' }>; again: () => void }) => {
  const left = useLeft(pairing.until);
  const cancelling = useAction();
  const cancel = () =>
    cancelling.run(async () => {
      await ask('agents.pairing.cancel', {});
      again();
    });
  return (
    <>
      <p class="connect-waits" role="status">
        <span class="busy-dot" aria-hidden="true" />
        {pairing.step === 'open' ? (
          t(pairing.host === 'connected' ? 'connect_waits' : 'connect_connecting')
        ) : (
          <bdi dir="auto">{t('connect_begun', displayText(pairing.name, 60))}</bdi>
        )}
      </p>
      <p class="small soft">{t('connect_until', left)}</p>
      <div>
        <Button busy={cancelling.busy} onClick={cancel}>
          <Icon name="x" size={16} />
          {t('connect_cancel')}
        </Button>
      </div>
      <Problem error={cancelling.error} />
    </>
  );
};
