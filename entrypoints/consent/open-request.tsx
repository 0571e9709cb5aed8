import { useEffect, useState } from 'preact/hooks';
import { attributeWords } from '../../components/attribute-words.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Problem } from '../../components/notice.tsx';
import { isAboutOpener, OpenerField, useOpener } from '../../components/opener.tsx';
import { useAction } from '../../components/use-action.ts';
import { displayText } from '../../lib/core/index.ts';
import type { OpenWaiting, OwnResponse, WalletStatus } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { Frame } from './frame.tsx';
import { Locked } from './gates.tsx';

type Opened = OwnResponse<'requests.openRecord'>;

/** How long an opened value may stand in the window, in milliseconds. */
const SHOWN_FOR = 60_000;

const FORM = 'open-record';

/**
 * The person opens one record of their own. Its value lives in this component, for as long as the window is open and a
 * minute at most; it goes when the vault locks.
 * @param onHold whether the window must stay: from the question on the request may be gone while its answer is shown
 */
export const OpenRequest = ({
  request,
  status,
  again,
  onHold,
}: {
  request: OpenWaiting;
  status: WalletStatus;
  again: () => void;
  onHold: (hold: boolean) => void;
}) => {
  const { requestId, state } = request;
  const [opened, setOpened] = useState<Opened | undefined>(undefined);
  const [tried, setTried] = useState(false);
  const opener = useOpener(status);
  const { busy, error, run } = useAction();

  const done = () => {
    setOpened(undefined);
    onHold(false);
    again();
  };
  useEffect(() => {
    if (opened === undefined) return;
    const timer = setTimeout(done, SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [opened]);

  useEffect(() => {
    if (opened !== undefined && status.vault !== 'unlocked') done();
  }, [status.vault]);

  const open = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (!opener.ready) return;
    run(async () => {
      onHold(true);
      try {
        setOpened(await opener.use((by) => ask('requests.openRecord', { requestId, opener: by })));
      } catch (thrown) {
        onHold(false);
        again();
        throw thrown;
      }
    });
  };
  const deny = () =>
    run(async () => {
      try {
        await ask('requests.deny', { requestId });
      } finally {
        again();
      }
    });

  if (opened !== undefined) return <Shown request={request} opened={opened} onDone={done} />;
  return (
    <Frame
      request={request}
      own
      title={t('asks_open')}
      focusHeading={state.step !== 'locked'}
      actions={
        <>
          <Problem error={isAboutOpener(error) ? undefined : error} />
          <div class="decide-row">
            <Button onClick={deny} disabled={busy}>
              {t('cancel')}
            </Button>
            {state.step === 'ask' && (
              <Button type="submit" form={FORM} look="primary" busy={busy}>
                {t('open_show')}
              </Button>
            )}
          </div>
        </>
      }
    >
      <What request={request} />
      {state.step === 'locked' ? (
        <Locked status={status} again={again} />
      ) : (
        <form id={FORM} class="gate-unlock" onSubmit={open}>
          <h2>{t('open_who')}</h2>
          <OpenerField opener={opener} status={status} tried={tried} error={error} busy={busy} />
        </form>
      )}
    </Frame>
  );
};

const What = ({ request: { label, compartment } }: { request: OpenWaiting }) => (
  <div class="offered card">
    <h2>
      <bdi dir="auto">{displayText(label, 80)}</bdi>
    </h2>
    <p class="soft row">
      <Icon name="lock" size={16} />
      {t('open_from', t(`compartment_${compartment}`))}
    </p>
  </div>
);

const Shown = ({ request, opened, onDone }: { request: OpenWaiting; opened: Opened; onDone: () => void }) => (
  <Frame
    request={request}
    own
    title={t('open_shown')}
    actions={
      <div class="decide-row">
        <Button look="primary" onClick={onDone}>
          {t('open_hide')}
        </Button>
      </div>
    }
  >
    <section class="opened">
      <h2>
        <bdi dir="auto">{displayText(opened.label, 80)}</bdi>
      </h2>
      <p class="opened-value">
        <bdi dir="auto">{attributeWords(opened.type, opened.value)}</bdi>
      </p>
    </section>
    <p class="soft">{t('open_for_a_minute')}</p>
  </Frame>
);
