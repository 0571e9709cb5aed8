import { useEffect, useRef, useState } from 'preact/hooks';
import { useArming } from '../../components/arming.ts';
import { Button } from '../../components/button.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { isAboutOpener, useOpener } from '../../components/opener.tsx';
import { OriginWithTransport } from '../../components/origin.tsx';
import type { Action } from '../../components/use-action.ts';
import { useAction } from '../../components/use-action.ts';
import type { OfferWaiting, PromisedView, WalletStatus } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { signInAt, t } from '../../lib/platform/index.ts';
import { AllowButton } from './allow-button.tsx';
import { ByLink } from './by-link.tsx';
import { DenyButton, DenyPanel } from './deny.tsx';
import { Failed } from './failed.tsx';
import { Frame, Section } from './frame.tsx';
import { Locked, NoVault } from './gates.tsx';
import { Grant } from './grant.tsx';
import type { Review, Taking } from './offer-review.tsx';
import { ReviewOffer, isComplete } from './offer-review.tsx';
import { AskFirst, Promised, SigningIn, Working } from './offer-steps.tsx';
import { OtherWalletPanel, OtherWalletRow } from './other-wallet.tsx';
import { useDoors } from './panel.tsx';

interface Props {
  readonly request: OfferWaiting;
  readonly status: WalletStatus;
  readonly again: () => void;
  /** Whether the window must stay although the request is answered: it still says what came of it. */
  readonly onHold: (hold: boolean) => void;
}

/** A site hands over an issuer's offer of credentials. */
export const OfferRequest = ({ request, status, again, onHold }: Props) => {
  const { requestId } = request;
  const state = useSlow(request.state);
  const { armed, pressed, guard } = useArming(offerSubject(request, state));
  const [typed, setTyped] = useState<Partial<Taking>>({});
  const [signingIn, setSigningIn] = useState(false);
  const [closedEarly, setClosedEarly] = useState(false);
  const [promised, setPromised] = useState<readonly PromisedView[]>([]);
  const decision = useAction();
  const refusal = useAction();
  const opener = useOpener(status);
  const doors = useDoors();

  const taking = takingOf(state, typed);
  const compartments = compartmentsOf(state, taking);
  const locks = compartments.length > 0;
  const incomplete = state.step === 'review' && (!isComplete(state, taking) || (locks && !opener.ready));

  const by = (action: Action) => (work: () => Promise<unknown>) => () =>
    action.run(async () => {
      try {
        await work();
      } finally {
        again();
      }
    });
  const then = by(decision);
  // A no does not wait for somebody who is away to sign in.
  const deny = by(refusal)(() => ask('requests.deny', { requestId }));
  const denyAll = by(refusal)(() => ask('requests.denySite', { requestId }));
  const isHeld = refusal.busy || (decision.busy && !signingIn);
  const more = state.step !== 'failed' && request.ofThisSite > 1 ? doors.door('deny') : undefined;
  const other = request.otherWallet === true ? doors.door('other') : undefined;
  const toOther = ({ always }: { readonly always: boolean }) =>
    then(() => ask('requests.otherWallet', { requestId, always }))();
  const proceed = then(() => ask('requests.continueOffer', { requestId }));

  /** The request is answered by it: what is promised is said before the window goes. */
  const take = async (review: Review) => {
    const { digest, transactionCode, by } = review;
    const code = by.kind === 'code' && transactionCode !== undefined ? { transactionCode: taking.code.trim() } : {};
    const taken = { requestId, digest, chosen: taking.chosen, ...code };
    onHold(true);
    try {
      const came = await (locks
        ? opener.use((by) => ask('requests.acceptOffer', { ...taken, opener: by }))
        : ask('requests.acceptOffer', taken));
      setPromised(came.promised);
      if (came.promised.length === 0) onHold(false);
    } catch (thrown) {
      onHold(false);
      throw thrown;
    }
  };
  const signIn = async (review: Review) => {
    setClosedEarly(false);
    const { url } = await ask('requests.signIn', { requestId, digest: review.digest, chosen: taking.chosen });
    setSigningIn(true);
    const address = await signInAt(url).finally(() => setSigningIn(false));
    if (address === undefined) {
      setClosedEarly(true);
      return;
    }
    await ask('requests.signedIn', { requestId, address });
    // Nothing is left to ask of the person, unless it has to be locked away.
    if (compartmentsOf({ ...review, by: { kind: 'granted', chosen: taking.chosen } }, taking).length === 0) {
      await take(review);
    }
  };

  if (promised.length > 0) return <AfterPromise request={request} promised={promised} onDone={() => onHold(false)} />;
  return (
    <Frame
      request={request}
      title={t('asks_offer')}
      focusHeading={state.step !== 'locked'}
      panel={
        other?.open === true ? (
          <OtherWalletPanel door={other} onOther={toOther} />
        ) : more?.open === true ? (
          <DenyPanel door={more} request={request} asked={[]} onAll={denyAll} onNever={undefined} />
        ) : (
          locks && (
            <Grant
              compartments={compartments}
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
          <Problem error={locks && isAboutOpener(decision.error) ? undefined : (decision.error ?? refusal.error)} />
          {other !== undefined && (
            <OtherWalletRow onOther={() => toOther({ always: false })} busy={decision.busy} more={other} />
          )}
          <div class="decide-row">
            {state.step === 'failed' ? (
              <Button onClick={deny} disabled={isHeld}>
                {t('close')}
              </Button>
            ) : (
              <DenyButton onDeny={deny} busy={isHeld} more={more} />
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
                  if (!incomplete) then(() => (state.by.kind === 'sign_in' ? signIn(state) : take(state)))();
                })}
                label={state.by.kind === 'sign_in' ? t('offer_sign_in') : t('offer_accept')}
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
      {state.step === 'ask' && <AskFirst state={state} />}
      {state.step === 'working' && <Working state={state} issuer={request.issuer} />}
      {state.step === 'review' && state.by.kind === 'sign_in' && signingIn && <SigningIn at={state.by.at} />}
      {state.step === 'review' && !signingIn && (
        <>
          {closedEarly && state.by.kind === 'sign_in' && <Notice tone="info">{t('offer_sign_in_closed')}</Notice>}
          <ReviewOffer review={state} issuer={request.issuer} taking={taking} onTake={setTyped} />
        </>
      )}
      {state.step === 'failed' && (
        <Failed title="offer_failed" message={state.message}>
          <p class="soft">{t('offer_failed_kept')}</p>
        </Failed>
      )}
    </Frame>
  );
};

/** From when on it is said that something takes its time: milliseconds. */
const SLOW = 500;

/** What the window shows: what is under way only once it has taken a while, so that what is quick does not flicker. */
function useSlow(state: OfferWaiting['state']): OfferWaiting['state'] {
  const isWorking = state.step === 'working';
  const [isSlow, setSlow] = useState(false);
  const before = useRef(state);
  if (!isWorking) before.current = state;
  useEffect(() => {
    if (!isWorking) return;
    const timer = setTimeout(() => setSlow(true), SLOW);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [isWorking]);
  return isWorking && !isSlow ? before.current : state;
}

/** What arming hangs on: whatever is shown of the offer, and not what the person types or ticks. */
function offerSubject({ requestId, issuer }: OfferWaiting, state: OfferWaiting['state']): string | null {
  if (state.step === 'ask') return `${requestId} ${issuer} ${state.hosts.join(' ')}`;
  return state.step === 'review' ? `${requestId} ${state.digest} ${state.by.kind}` : null;
}

/** All of it, unless the person says otherwise; what they chose before they signed in stays. */
function takingOf(state: OfferWaiting['state'], typed: Partial<Taking>): Taking {
  const { code = '' } = typed;
  if (state.step !== 'review') return { code, chosen: [] };
  if (state.by.kind === 'granted') return { code, chosen: state.by.chosen };
  return { code, chosen: typed.chosen ?? state.credentials.map(({ id }) => id) };
}

/** What has to be opened to take what is chosen: asked for when it is taken, and not before the person has signed in. */
function compartmentsOf(
  state: OfferWaiting['state'],
  { chosen }: Taking,
): Review['credentials'][number]['compartments'] {
  if (state.step !== 'review' || state.by.kind === 'sign_in') return [];
  const taken = state.credentials.filter(({ id }) => chosen.includes(id));
  return [...new Set(taken.flatMap(({ compartments }) => compartments))];
}

/** The request is answered: what comes of it now, and how to end that. */
const AfterPromise = ({
  request,
  promised,
  onDone,
}: {
  request: OfferWaiting;
  promised: readonly PromisedView[];
  onDone: () => void;
}) => {
  const { busy, error, run } = useAction();
  const [stopped, setStopped] = useState(false);
  const stop = () =>
    run(async () => {
      for (const { id } of promised) await ask('issuance.stop', { id });
      setStopped(true);
    });
  return (
    <Frame
      request={request}
      title={t('asks_offer')}
      actions={
        <>
          <Problem error={error} />
          <div class="decide-row">
            {!stopped && (
              <Button busy={busy} onClick={stop}>
                {t('offer_promised_stop')}
              </Button>
            )}
            <Button look="primary" disabled={busy} onClick={onDone}>
              {t('close')}
            </Button>
          </div>
        </>
      }
    >
      <Promised promised={promised} issuer={request.issuer} stopped={stopped} />
    </Frame>
  );
};
