import { useState } from 'preact/hooks';
import { useArming } from '../../components/arming.ts';
import { Button } from '../../components/button.tsx';
import { kindWords } from '../../components/capability/could-words.ts';
import { Problem } from '../../components/notice.tsx';
import { displayText } from '../../lib/core/index.ts';
import type { CapabilityPlanView, CapabilityWaiting, StandingView, WalletStatus } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { HandsOn } from './agent-who.tsx';
import { AllowButton } from './allow-button.tsx';
import { CapabilityPlan } from './capability-plan.tsx';
import { Could } from './could.tsx';
import { DenyButton, DenyPanel } from './deny.tsx';
import { Failed } from './failed.tsx';
import { Frame } from './frame.tsx';
import { Locked, NoVault } from './gates.tsx';
import { useDoors } from './panel.tsx';
import { useDecision } from './use-decision.ts';

/** Stands for showing the token by itself. */
const NOTHING = 'none';

/** A site wants to be allowed to do something, mostly to take money. */
export const CapabilityRequest = ({
  request,
  status,
  again,
}: {
  request: CapabilityWaiting;
  status: WalletStatus;
  again: () => void;
}) => {
  const { requestId, state, terms } = request;
  const plan = state.step === 'ready' ? state.plan : undefined;
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const standing = plan === undefined ? undefined : chosenOf(plan, chosen);
  const { armed, pressed, guard } = useArming(plan === undefined ? null : subjectOf(requestId, plan, standing));
  const decision = useDecision(requestId, again);
  const { decide, deny, denyAll } = decision;
  const doors = useDoors();
  const canNever = plan !== undefined && request.agent === undefined;
  const more = state.step !== 'failed' && (canNever || request.ofThisSite > 1) ? doors.door('deny') : undefined;

  const allow = ({ digest, standings }: CapabilityPlanView) =>
    decide(() =>
      ask('requests.allowCapability', {
        requestId,
        digest,
        ...(standings.length === 0 ? {} : { standing: standing?.id ?? NOTHING }),
      }),
    );

  return (
    <Frame
      request={request}
      title={t('asks_capability')}
      quote={displayText(request.purpose, 140)}
      focusHeading={state.step !== 'locked'}
      panel={
        more?.open === true && (
          <DenyPanel
            door={more}
            request={request}
            asked={[kindWords(terms.kind)]}
            onAll={denyAll}
            onNever={canNever ? deny : undefined}
          />
        )
      }
      actions={
        <>
          <Problem error={decision.error} />
          <div class="decide-row">
            {state.step === 'failed' ? (
              <Button onClick={() => deny()} disabled={decision.busy}>
                {t('close')}
              </Button>
            ) : (
              <DenyButton onDeny={() => deny()} busy={decision.busy} more={more} />
            )}
            {plan !== undefined && (
              <AllowButton
                armed={armed}
                busy={decision.busy}
                pressed={pressed}
                onClick={guard(() => allow(plan))}
                label={t('allow_once')}
              />
            )}
          </div>
        </>
      }
    >
      <HandsOn request={request} what="capability" />
      {(state.step === 'no_vault' || state.step === 'locked') && <Could terms={terms} />}
      {state.step === 'no_vault' && <NoVault />}
      {state.step === 'locked' && <Locked status={status} again={again} />}
      {state.step === 'failed' && <Failed title="consent_failed" message={state.message} />}
      {plan !== undefined && (
        <CapabilityPlan
          terms={terms}
          plan={plan}
          asker={request.agent === undefined ? 'site' : 'agent'}
          standing={standing}
          onChoose={(one) => setChosen(one?.id ?? NOTHING)}
        />
      )}
    </Frame>
  );
};

/** What the person chose, while it still fits; else the first that does. */
const chosenOf = ({ standings }: CapabilityPlanView, chosen: string | undefined): StandingView | undefined =>
  chosen === NOTHING ? undefined : (standings.find(({ id }) => id === chosen) ?? standings[0]);

/** What the button allows: another standing starts the wait afresh. */
const subjectOf = (requestId: string, { digest }: CapabilityPlanView, standing: StandingView | undefined): string =>
  `${requestId} ${digest} ${standing?.id ?? NOTHING}`;
