import { useState } from 'preact/hooks';
import { useArming } from '../../components/arming.ts';
import { Button } from '../../components/button.tsx';
import { FIRST_DRAFT, grantOrder, grantableClaims, noGrantBecause } from '../../components/grant-order.ts';
import { Icon } from '../../components/icon.tsx';
import { Problem } from '../../components/notice.tsx';
import { isAboutOpener, useOpener } from '../../components/opener.tsx';
import { Origin } from '../../components/origin.tsx';
import { displayText } from '../../lib/core/index.ts';
import type { SELF_ISSUER } from '../../lib/credentials/index.ts';
import type { GrantOrder, PlanView, ProofWaiting, WalletStatus } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { HandsOn } from './agent-who.tsx';
import { AllowButton } from './allow-button.tsx';
import { AlwaysButton, AlwaysPanel, GrantMeaning } from './always.tsx';
import { ByLink } from './by-link.tsx';
import { DenyButton, DenyPanel } from './deny.tsx';
import { Extras } from './extras.tsx';
import { factWords } from './fact-words.ts';
import { Failed } from './failed.tsx';
import { Frame, Section } from './frame.tsx';
import { Locked, NoVault } from './gates.tsx';
import { Grant } from './grant.tsx';
import { LookUp } from './look-up.tsx';
import { OtherWalletPanel, OtherWalletRow } from './other-wallet.tsx';
import { useDoors } from './panel.tsx';
import { Plan } from './plan.tsx';
import { Transactions } from './transactions.tsx';
import { useDecision } from './use-decision.ts';
import { usePlans } from './use-plans.ts';
import { VerifierInfo, VerifierLine } from './verifier.tsx';

/** What stands among the issuers where the person's own word is accepted. */
const SELF: typeof SELF_ISSUER = 'self';

interface Props {
  readonly request: ProofWaiting;
  readonly status: WalletStatus;
  readonly again: () => void;
}

/** A site asks for a proof. */
export const ProofRequest = ({ request, status, again }: Props) => {
  const { state, requestId } = request;
  const { plan, plans, choose, settling, ...extras } = usePlans(request);
  const doors = useDoors();
  const [draft, setDraft] = useState(FIRST_DRAFT);
  const opener = useOpener(status);
  const decision = useDecision(requestId, again);
  const { decide, deny, denyAll, tellNo } = decision;

  const locks = plan !== undefined && plan.compartments.length > 0;
  const isByLink = request.by === 'link';
  const noGrant = plan === undefined ? undefined : (noGrantByWay(request) ?? noGrantBecause(plan));
  const claims = plan === undefined ? [] : grantableClaims(plan);
  const isAlways = doors.open === 'always' && plan !== undefined && noGrant === undefined;
  const order = isAlways ? grantOrder(draft, claims, Date.now()) : undefined;
  const incomplete = settling || (locks && !opener.ready) || (isAlways && order === undefined);
  const { armed, pressed, guard } = useArming(
    plan === undefined || settling ? null : subjectOf(requestId, plan, isAlways, order),
  );

  const allow = ({ digest }: PlanView) => {
    const allowed = {
      requestId,
      digest,
      ...(extras.taken.length === 0 ? {} : { extras: extras.taken }),
      ...(order === undefined ? {} : { always: order }),
    };
    decide(() =>
      locks
        ? opener.use((by) => ask('requests.allowProof', { ...allowed, opener: by }))
        : ask('requests.allowProof', allowed),
    );
  };

  const lookUp = state.step === 'look_up' ? `${requestId} ${state.hosts.join(' ')}` : null;
  const asking = useArming(lookUp);
  const isClosed = state.step === 'nothing' || state.step === 'failed';
  const canNever = state.step === 'ready' && request.agent === undefined;
  const more = !isClosed && (canNever || isByLink || request.ofThisSite > 1) ? doors.door('deny') : undefined;
  const other = request.otherWallet === true ? doors.door('other') : undefined;

  return (
    <Frame
      request={request}
      title={t('asks_proof')}
      quote={displayText(request.purpose, 140)}
      byline={<VerifierLine verifier={request.verifier} open={status.vault === 'unlocked'} />}
      focusHeading={state.step !== 'locked'}
      panel={
        other?.open === true ? (
          <OtherWalletPanel door={other} onOther={decision.otherWallet} />
        ) : more?.open === true ? (
          <DenyPanel
            door={more}
            request={request}
            asked={request.asked}
            onAll={denyAll}
            onNever={canNever ? deny : undefined}
            onTell={isByLink ? tellNo : undefined}
          />
        ) : isAlways ? (
          <>
            <AlwaysPanel door={doors.door('always')} claims={claims} draft={draft} onChange={setDraft} />
            <GrantMeaning origin={request.origin} claims={claims} draft={draft} order={order} />
          </>
        ) : (
          locks && (
            <Grant
              compartments={plan.compartments}
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
          {noGrant !== undefined && <p class="hint">{t(`grant_not_${noGrant}`)}</p>}
          {other !== undefined && (
            <OtherWalletRow onOther={() => decision.otherWallet({ always: false })} busy={decision.busy} more={other} />
          )}
          <div class={noGrant === undefined && plan !== undefined ? 'decide-row three' : 'decide-row'}>
            {isClosed ? (
              <Button onClick={() => deny()} disabled={decision.busy}>
                {t('close')}
              </Button>
            ) : (
              <DenyButton onDeny={() => deny()} busy={decision.busy} more={more} />
            )}
            {state.step === 'look_up' && (
              <AllowButton
                armed={asking.armed}
                busy={decision.busy}
                pressed={asking.pressed}
                onClick={asking.guard(() => decide(() => ask('requests.continueProof', { requestId })))}
                label={t('look_up_continue')}
              />
            )}
            {plan !== undefined && (
              <>
                {noGrant === undefined && <AlwaysButton door={doors.door('always')} busy={decision.busy} />}
                <AllowButton
                  armed={armed && !incomplete}
                  busy={decision.busy}
                  pressed={pressed}
                  onClick={guard(() => {
                    if (!incomplete) allow(plan);
                  })}
                  label={isAlways ? t('grant_allow') : t('allow_once')}
                />
              </>
            )}
          </div>
        </>
      }
    >
      {isByLink && <ByLink kind="proof" from={request.from} />}
      <HandsOn request={request} what="proof" />
      {request.transactions !== undefined && <Transactions transactions={request.transactions} />}
      {state.step === 'look_up' && (
        <>
          <LookUp hosts={state.hosts} />
          <Asked asked={request.asked} />
        </>
      )}
      {state.step === 'no_vault' && (
        <>
          <Asked asked={request.asked} />
          <NoVault />
        </>
      )}
      {state.step === 'locked' && (
        <>
          <Asked asked={request.asked} />
          <Locked status={status} again={again} />
        </>
      )}
      {state.step === 'failed' && <Failed title="consent_failed" message={state.message} />}
      {state.step === 'nothing' && <Nothing missing={state.missing} issuers={state.issuers} />}
      {plan !== undefined && (
        <Plan
          plan={plan}
          plans={plans}
          onChoose={choose}
          encrypted={request.encrypted}
          asker={request.agent === undefined ? 'site' : 'agent'}
          extras={
            plan.extras.length > 0 && (
              <Extras extras={plan.extras} taken={extras.taken} error={extras.error} onTake={extras.take} />
            )
          }
        />
      )}
      {request.verifierInfo !== undefined && <VerifierInfo info={request.verifierInfo} />}
    </Frame>
  );
};

/** Why there is no “always” for a request, whatever would be told. */
function noGrantByWay({ agent, by, transactions }: ProofWaiting): 'agent' | 'link' | 'transaction' | undefined {
  if (agent !== undefined) return 'agent';
  if (by === 'link') return 'link';
  return transactions === undefined ? undefined : 'transaction';
}

/** What the button allows, to the last detail: whatever changes in it starts the wait afresh. */
function subjectOf(
  requestId: string,
  { digest }: PlanView,
  isAlways: boolean,
  order: GrantOrder | undefined,
): string | null {
  if (!isAlways) return `${requestId} ${digest} once`;
  return order === undefined ? null : `${requestId} ${digest} ${JSON.stringify(order)}`;
}

/** What is asked, while nobody knows yet what can be answered. */
const Asked = ({ asked }: { asked: readonly string[] }) => {
  const named = asked.filter((label) => label !== ''); // what can be answered in several ways may have no name of its own
  if (named.length === 0) return null;
  return (
    <Section title={t('they_ask')}>
      <ul class="facts">
        {named.map((label) => (
          <li key={label}>
            <span class="soft">
              <Icon name="right" />
            </span>
            <bdi dir="auto">{factWords(displayText(label, 120))}</bdi>
          </li>
        ))}
      </ul>
    </Section>
  );
};

const Nothing = ({ missing, issuers }: { missing: readonly string[]; issuers: readonly string[] }) => {
  const others = issuers.filter((issuer) => issuer !== SELF);
  return (
    <>
      <Section title={t('nothing_title')}>
        <p class="soft">{t('nothing_missing')}</p>
        <ul class="facts">
          {missing.map((label) => (
            <li key={label}>
              <span class="is-warn">
                <Icon name="x" />
              </span>
              <bdi dir="auto">{factWords(displayText(label, 120))}</bdi>
            </li>
          ))}
        </ul>
      </Section>
      <Section title={t('nothing_where')}>
        {others.length < issuers.length && <p>{t('nothing_self')}</p>}
        {issuers.length === 0 && <p>{t('nothing_any_issuer')}</p>}
        {others.length > 0 && (
          <>
            <p>{t('nothing_issuers')}</p>
            <ul class="issuers">
              {others.map((issuer) => (
                <li key={issuer}>
                  <Origin origin={issuer} />
                </li>
              ))}
            </ul>
          </>
        )}
        <p class="soft">{t('nothing_site_sees')}</p>
      </Section>
    </>
  );
};
