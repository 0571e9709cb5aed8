import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { IssuerWords } from '../../../../components/issuer-words.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { OpenerField, isAboutOpener, useOpener } from '../../../../components/opener.tsx';
import { dateAndTimeWords } from '../../../../components/time-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import { displayText } from '../../../../lib/core/index.ts';
import type { PromisedView, WalletStatus } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';

/** Credentials that issuers have promised and not delivered; nothing where there are none. */
export const PromisedList = ({ status }: { status: WalletStatus }) => {
  const asked = useAsked('issuance.list', {}, ['credentials']);
  if (asked.state === 'failed') return <Problem error={asked.error} />;
  if (asked.state === 'loading' || asked.value.promised.length === 0) return null;
  return (
    <section class="stack">
      <h2>{t('promised_title')}</h2>
      <ul class="cards">
        {asked.value.promised.map((promised) => (
          <li key={promised.id}>
            <PromisedCard promised={promised} status={status} />
          </li>
        ))}
      </ul>
    </section>
  );
};

const PromisedCard = ({ promised, status }: { promised: PromisedView; status: WalletStatus }) => {
  const { id, name, state } = promised;
  const { busy, error, run } = useAction();
  const [stopping, setStopping] = useState(false);
  const [tried, setTried] = useState(false);
  const [notYet, setNotYet] = useState(false);
  const opener = useOpener(status);
  const locks = state === 'opener';

  const askNow = () => {
    setTried(true);
    if (locks && !opener.ready) return;
    run(async () => {
      setNotYet(false);
      const { arrived } = await (locks
        ? opener.use((by) => ask('issuance.ask', { id, opener: by }))
        : ask('issuance.ask', { id }));
      setNotYet(!arrived);
      setTried(false);
    });
  };
  const stop = () =>
    run(async () => {
      await ask('issuance.stop', { id });
    });

  return (
    <section class="card stack-tight promised" aria-label={displayText(name, 80)}>
      <h3>
        <bdi dir="auto">{displayText(name, 80)}</bdi>
      </h3>
      <Issuer promised={promised} />
      {promised.renews !== undefined && <p class="small soft">{t('promised_renews')}</p>}
      <State promised={promised} />
      {locks && <OpenerField opener={opener} status={status} tried={tried} error={error} busy={busy} />}
      <Problem error={locks && isAboutOpener(error) ? undefined : error} />
      <p role="status" class="small soft">
        {notYet && t('promised_not_yet')}
      </p>
      <div class="row-wrap">
        {state !== 'failed' && (
          <Button busy={busy} onClick={askNow}>
            {t(locks ? 'promised_take' : 'promised_ask')}
          </Button>
        )}
        <Button disabled={busy} onClick={state === 'failed' ? stop : () => setStopping(true)}>
          {t(state === 'failed' ? 'promised_remove' : 'promised_stop')}
        </Button>
      </div>
      {stopping && (
        <Dialog title={t('promised_stop_title', displayText(name, 60))} onClose={() => setStopping(false)}>
          <p>{t('promised_stop_means')}</p>
          <Problem error={error} />
          <div class="actions">
            <Button onClick={() => setStopping(false)}>{t('cancel')}</Button>
            <Button look="harm filled" busy={busy} onClick={stop}>
              {t('promised_stop')}
            </Button>
          </div>
        </Dialog>
      )}
    </section>
  );
};

const Issuer = ({ promised: { issuer } }: { promised: PromisedView }) => (
  <span class="soft">
    <IssuerWords name={issuer.name} origin={issuer.origin} />
  </span>
);

const ICONS = { waiting: 'info', opener: 'lock', failed: 'harm' } as const;

/** Where it stands, and when its issuer is asked next. */
const State = ({ promised }: { promised: PromisedView }) => {
  const { state, message, promisedAt, askAt, lastAskedAt } = promised;
  const times = [
    t('promised_since', dateAndTimeWords(promisedAt)),
    ...(lastAskedAt === undefined ? [] : [t('promised_asked', dateAndTimeWords(lastAskedAt))]),
  ];
  return (
    <>
      <p class={state === 'failed' ? 'row is-harm' : 'row'}>
        <Icon name={ICONS[state]} size={16} />
        {t(`promised_${state}`)}
      </p>
      {message !== undefined && (
        <p>
          <bdi dir="auto">{displayText(message, 400)}</bdi>
        </p>
      )}
      <p class="small soft">
        {times.join(', ')}
        {askAt !== undefined && <>. {t('promised_next', dateAndTimeWords(askAt))}</>}.
      </p>
    </>
  );
};
