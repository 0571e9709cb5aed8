import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { Origin } from '../../components/origin.tsx';
import { Rich } from '../../components/rich.tsx';
import { Seal } from '../../components/seal.tsx';
import { useAction } from '../../components/use-action.ts';
import { displayText } from '../../lib/core/index.ts';
import type { DeliveryWaiting } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { openSite, t } from '../../lib/platform/index.ts';
import { Frame, Section } from './frame.tsx';

type State = DeliveryWaiting['state'];

/** What became of an answer to a link: it is under way, it has arrived, or what is known of it and what can be done. */
export const Delivery = ({ request, again }: { request: DeliveryWaiting; again: () => void }) => {
  const { requestId, state, origin } = request;
  const { busy, error, run } = useAction();
  const then = (work: () => Promise<unknown>) => () =>
    run(async () => {
      try {
        await work();
      } finally {
        again();
      }
    });
  const close = () => ask('requests.deny', { requestId });
  const back = state.step === 'arrived' ? state.back : undefined;
  return (
    <Frame
      request={request}
      title={t(`delivery_${state.step}`)}
      actions={
        <>
          <Problem error={error} />
          <div class="decide-row">
            <Button onClick={then(close)} disabled={busy || state.step === 'sending'}>
              {t('close')}
            </Button>
            {back !== undefined && (
              <Button
                look="primary"
                busy={busy}
                onClick={then(async () => {
                  await openSite(back);
                  await close();
                })}
              >
                <span>{t('delivery_back', new URL(back).host)}</span>
                <Icon name="open" size={16} />
              </Button>
            )}
            {'again' in state && state.again && (
              <Button look="primary" busy={busy} onClick={then(() => ask('requests.sendAgain', { requestId }))}>
                {t(state.step === 'unsent' ? 'delivery_send' : 'delivery_again')}
              </Button>
            )}
          </div>
        </>
      }
    >
      <What state={state} origin={origin} />
    </Frame>
  );
};

const What = ({ state, origin }: { state: State; origin: string }) => {
  switch (state.step) {
    case 'sending':
      return (
        <section class="gate" role="status">
          <Seal state="filling" size={64} />
          <p class="soft">
            <Rich message="delivery_sending_to" parts={[<Origin origin={origin} />]} />
          </p>
        </section>
      );
    case 'arrived':
      return (
        <section class="gate" role="status">
          <Seal state="open" size={64} />
          <p>
            <Rich message="delivery_arrived_at" parts={[<Origin origin={origin} />]} />
          </p>
          {state.back !== undefined && (
            <p class="soft">
              <Rich message="delivery_back_means" parts={[<Origin origin={new URL(state.back).origin} />]} />
            </p>
          )}
        </section>
      );
    case 'refused':
      return (
        <Section title={t('delivery_why')}>
          <Notice tone="harm">
            <bdi dir="auto">{displayText(state.message, 400)}</bdi>
          </Notice>
          <Then again={state.again} />
        </Section>
      );
    case 'unknown':
    case 'unsent':
      return (
        <Section title={t('delivery_why')}>
          <Notice tone="warn">{t(`delivery_${state.step}_why`)}</Notice>
          <Then again={state.again} />
        </Section>
      );
  }
};

/** What can be done, and why that is safe or too late. */
const Then = ({ again }: { again: boolean }) => (
  <p class="soft">{t(again ? 'delivery_again_means' : 'delivery_too_late')}</p>
);
