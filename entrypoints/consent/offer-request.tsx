import { useState } from 'preact/hooks';
import { useArming } from '../../components/arming.ts';
import { Button } from '../../components/button.tsx';
import { decayWords } from '../../components/decay-words.ts';
import { TextField } from '../../components/fields.tsx';
import { Icon } from '../../components/icon.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { isAboutOpener, useOpener } from '../../components/opener.tsx';
import { Origin, OriginWithTransport } from '../../components/origin.tsx';
import { Seal } from '../../components/seal.tsx';
import { useAction } from '../../components/use-action.ts';
import { displayText } from '../../lib/core/index.ts';
import type { OfferWaiting, WalletStatus } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t, tn } from '../../lib/platform/index.ts';
import { AllowButton } from './allow-button.tsx';
import { ByLink } from './by-link.tsx';
import { DenyButton, DenyPanel } from './deny.tsx';
import { labelWords } from './fact-words.ts';
import { Failed } from './failed.tsx';
import { Frame, Section } from './frame.tsx';
import { Locked, NoVault } from './gates.tsx';
import { Grant } from './grant.tsx';
import { useDoors } from './panel.tsx';

type Step = OfferWaiting['state'];
type Review = Extract<Step, { step: 'review' }>;

interface Props {
  readonly request: OfferWaiting;
  readonly status: WalletStatus;
  readonly again: () => void;
}

/** A site hands over an issuer's offer of a credential. */
export const OfferRequest = ({ request, status, again }: Props) => {
  const { state, requestId } = request;
  const { armed, pressed, guard } = useArming(offerSubject(request));
  const [code, setCode] = useState('');
  const decision = useAction();
  const opener = useOpener(status);
  const doors = useDoors();
  const locks = state.step === 'review' && state.compartments.length > 0;
  const incomplete = state.step === 'review' && (!isCodeComplete(state, code) || (locks && !opener.ready));

  const then = (work: () => Promise<unknown>) => () =>
    decision.run(async () => {
      try {
        await work();
      } finally {
        again();
      }
    });
  const deny = then(() => ask('requests.deny', { requestId }));
  const denyAll = then(() => ask('requests.denySite', { requestId }));
  const more = state.step !== 'failed' && request.ofThisSite > 1 ? doors.door('deny') : undefined;
  const proceed = then(() => ask('requests.continueOffer', { requestId }));
  const accept = (review: Review) => {
    const taken = {
      requestId,
      digest: review.digest,
      ...(review.transactionCode === undefined ? {} : { transactionCode: code.trim() }),
    };
    return then(() =>
      review.compartments.length > 0
        ? opener.use((by) => ask('requests.acceptOffer', { ...taken, opener: by }))
        : ask('requests.acceptOffer', taken),
    );
  };

  return (
    <Frame
      request={request}
      title={t('asks_offer')}
      focusHeading={state.step !== 'locked'}
      panel={
        more?.open === true ? (
          <DenyPanel door={more} ofThisSite={request.ofThisSite} asked={[]} onAll={denyAll} onNever={undefined} />
        ) : (
          locks && (
            <Grant
              compartments={state.compartments}
              status={status}
              opener={opener}
              busy={decision.busy}
              error={decision.error}
            />
          )
        )
      }
      actions={
        <>
          <Problem error={locks && isAboutOpener(decision.error) ? undefined : decision.error} />
          <div class="decide-row">
            {state.step === 'failed' ? (
              <Button onClick={deny} disabled={decision.busy}>
                {t('close')}
              </Button>
            ) : (
              <DenyButton onDeny={deny} busy={decision.busy} more={more} />
            )}
            {state.step === 'ask' && (
              <AllowButton
                armed={armed}
                busy={decision.busy}
                pressed={pressed}
                onClick={guard(proceed)}
                label={t('offer_continue')}
              />
            )}
            {state.step === 'review' && (
              <AllowButton
                armed={armed && !incomplete}
                busy={decision.busy}
                pressed={pressed}
                onClick={guard(() => {
                  if (!incomplete) accept(state)();
                })}
                label={t('offer_accept')}
              />
            )}
          </div>
        </>
      }
    >
      {request.by === 'link' && <ByLink kind="offer" />}
      {(state.step === 'no_vault' || state.step === 'locked' || state.step === 'ask') && (
        <Section title={t('offer_issuer')}>
          <p class="issuer-host">
            <OriginWithTransport origin={request.issuer} />
          </p>
        </Section>
      )}
      {state.step === 'no_vault' && <NoVault />}
      {state.step === 'locked' && <Locked status={status} again={again} />}
      {state.step === 'ask' && <AskFirst />}
      {state.step === 'working' && <Working issuer={request.issuer} />}
      {state.step === 'review' && <ReviewOffer review={state} issuer={request.issuer} code={code} onCode={setCode} />}
      {state.step === 'failed' && (
        <Failed title="offer_failed" message={state.message}>
          <p class="soft">{t('offer_failed_kept')}</p>
        </Failed>
      )}
    </Frame>
  );
};

function offerSubject({ requestId, issuer, state }: OfferWaiting): string | null {
  if (state.step === 'ask') return `${requestId} ${issuer}`;
  return state.step === 'review' ? `${requestId} ${state.digest}` : null;
}

function isCodeComplete({ transactionCode }: Review, code: string): boolean {
  if (transactionCode === undefined) return true;
  const { length } = code.trim();
  return transactionCode.length === undefined ? length > 0 : length === transactionCode.length;
}

const AskFirst = () => (
  <Section title={t('offer_ask_title')}>
    <p>{t('offer_ask')}</p>
    <p class="soft">{t('offer_ask_next')}</p>
  </Section>
);

const Working = ({ issuer }: { issuer: string }) => (
  <section class="gate" role="status">
    <Seal state="filling" size={64} />
    <h2>{t('offer_working')}</h2>
    <p class="soft">
      <Origin origin={issuer} />
    </p>
  </section>
);

const ReviewOffer = ({
  review,
  issuer,
  code,
  onCode,
}: {
  review: Review;
  issuer: string;
  code: string;
  onCode: (code: string) => void;
}) => (
  <>
    <div class="offered card">
      <h2>
        <bdi dir="auto">{displayText(review.name, 80)}</bdi>
      </h2>
      <p class="soft">
        {review.issuerName !== '' && (
          <>
            <bdi dir="auto">{displayText(review.issuerName, 80)}</bdi> ·{' '}
          </>
        )}
        <Origin origin={issuer} />
      </p>
    </div>
    {review.transactionCode !== undefined && (
      <Section title={t('offer_code_title')}>
        <TextField
          label={t('offer_code')}
          mono
          value={code}
          onInput={onCode}
          maxLength={review.transactionCode.length ?? 64}
          inputMode={review.transactionCode.numeric ? 'numeric' : 'text'}
          hint={
            review.transactionCode.description === undefined ? (
              t('offer_code_hint')
            ) : (
              <>
                {t('offer_code_says')} “<bdi dir="auto">{displayText(review.transactionCode.description, 300)}</bdi>”
              </>
            )
          }
        />
      </Section>
    )}
    {review.vouched ? (
      <Notice tone="safe">{t('issuer_vouched', displayText(review.voucher ?? '', 80))}</Notice>
    ) : (
      <Notice tone="warn">
        <strong>{t('offer_unvouched')}</strong> {t('offer_unvouched_why')}
      </Notice>
    )}
    <Section title={t('offer_claims')}>
      <ul class="facts two">
        {review.claims.map((claim) => (
          <li key={claim}>
            <span class="soft">
              <Icon name="check" />
            </span>
            <bdi dir="auto">{labelWords(displayText(claim, 80))}</bdi>
          </li>
        ))}
      </ul>
      <p class="soft">{review.unlinkable ? t('offer_unlinkable') : tn('offer_copies', review.copies)}</p>
      {decayWords(review.decay) !== '' && <p class="soft">{decayWords(review.decay)}</p>}
    </Section>
  </>
);
