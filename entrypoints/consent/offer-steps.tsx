import { Icon } from '../../components/icon.tsx';
import { Notice } from '../../components/notice.tsx';
import { Origin } from '../../components/origin.tsx';
import { Progress } from '../../components/progress.tsx';
import { Seal } from '../../components/seal.tsx';
import { displayText } from '../../lib/core/index.ts';
import type { OfferWaiting, PromisedView } from '../../lib/messaging/index.ts';
import { t, tn } from '../../lib/platform/index.ts';
import { Section } from './frame.tsx';
import { Hosts } from './offer-review.tsx';

type State = OfferWaiting['state'];

/** Before anything is fetched: who would be asked. */
export const AskFirst = ({ state }: { state: Extract<State, { step: 'ask' }> }) =>
  state.further ? (
    <Section title={t('offer_ask_further_title')}>
      <Hosts origins={state.hosts} />
      <p>{t('offer_ask_further')}</p>
      <p class="soft">{t('offer_ask_next')}</p>
    </Section>
  ) : (
    <Section title={t('offer_ask_title')}>
      <p>{t('offer_ask')}</p>
      {state.hosts.length > 1 && (
        <>
          <p>{t('offer_hosts')}</p>
          <Hosts origins={state.hosts} />
        </>
      )}
      <p class="soft">{t('offer_ask_next')}</p>
    </Section>
  );

/** Something is under way that takes its time. */
export const Working = ({ state, issuer }: { state: Extract<State, { step: 'working' }>; issuer: string }) => (
  <section class="gate">
    <Seal state="filling" size={64} />
    <h2>{t('offer_working')}</h2>
    <p class="soft">
      <Origin origin={issuer} />
    </p>
    <div class="offer-progress">
      <Progress label={t(`offer_stage_${state.stage}`)} done={state.of > 0 ? state.done / state.of : undefined} />
    </div>
    <p class="hint">{t('offer_working_keep')}</p>
  </section>
);

/** The person is in the browser's other window. */
export const SigningIn = ({ at }: { at: string }) => (
  <section class="gate" role="status">
    <Icon name="open" size={32} />
    <h2>{t('offer_signing_in', URL.parse(at)?.host ?? at)}</h2>
    <p class="soft">{t('offer_signing_in_means')}</p>
  </section>
);

/** Taken, and not all of it is there yet. */
export const Promised = ({
  promised,
  issuer,
  stopped,
}: {
  promised: readonly PromisedView[];
  issuer: string;
  stopped: boolean;
}) => (
  <section class="part" role="status">
    <h2>{t('offer_promised')}</h2>
    <ul class="issuers">
      {promised.map(({ id, name }) => (
        <li key={id}>
          <strong>
            <bdi dir="auto">{displayText(name, 80)}</bdi>
          </strong>
        </li>
      ))}
    </ul>
    {stopped ? (
      <Notice tone="info">{t('offer_promised_stopped')}</Notice>
    ) : (
      <p>
        {promised.some(({ state }) => state === 'opener')
          ? t('offer_promised_opener')
          : tn('offer_promised', promised.length, URL.parse(issuer)?.host ?? issuer)}
      </p>
    )}
  </section>
);
