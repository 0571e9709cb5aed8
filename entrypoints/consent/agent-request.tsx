import { useState } from 'preact/hooks';
import { useArming } from '../../components/arming.ts';
import { Button } from '../../components/button.tsx';
import { Problem } from '../../components/notice.tsx';
import { isAboutOpener, useOpener } from '../../components/opener.tsx';
import type { AgentCallView, AgentCallWaiting, CompartmentName, WalletStatus } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { AgentKeeps } from './agent-keeps.tsx';
import { AgentLearns } from './agent-learns.tsx';
import { AllowButton } from './allow-button.tsx';
import { DenyButton, DenyPanel } from './deny.tsx';
import { Failed } from './failed.tsx';
import { Frame } from './frame.tsx';
import { Locked } from './gates.tsx';
import { Grant } from './grant.tsx';
import { useDoors } from './panel.tsx';
import { useDecision } from './use-decision.ts';

/** An agent wants to draw a conclusion, or to keep something: what no site asks, and for nobody but itself. */
export const AgentRequest = ({
  request,
  status,
  again,
}: {
  request: AgentCallWaiting;
  status: WalletStatus;
  again: () => void;
}) => {
  const { requestId, state } = request;
  const call = state.step === 'ask' ? state : undefined;
  const [chosen, setChosen] = useState<CompartmentName | undefined>(undefined);
  const compartment = chosen ?? compartmentOf(call);
  const opener = useOpener(status);
  const { busy, error, decide, deny, denyAll } = useDecision(requestId, again);
  const doors = useDoors();
  const more = request.ofThisSite > 1 && state.step !== 'failed' ? doors.door('deny') : undefined;
  const locks = compartment !== undefined;
  const incomplete = locks && !opener.ready;
  const { armed, pressed, guard } = useArming(
    call === undefined ? null : `${requestId} ${call.digest} ${compartment ?? ''}`,
  );

  const allow = ({ digest }: AgentCallView) => {
    const allowed = { requestId, digest, ...(compartment === undefined ? {} : { compartment }) };
    decide(() =>
      locks
        ? opener.use((by) => ask('requests.allowAgentCall', { ...allowed, opener: by }))
        : ask('requests.allowAgentCall', allowed),
    );
  };

  return (
    <Frame
      request={request}
      title={t(call === undefined ? 'asks_agent' : `agent_asks_${call.asks.tool}`)}
      focusHeading={state.step !== 'locked'}
      panel={
        more?.open === true ? (
          <DenyPanel door={more} request={request} asked={[]} onAll={denyAll} onNever={undefined} />
        ) : (
          locks && <Grant compartments={[compartment]} status={status} opener={opener} busy={busy} error={error} />
        )
      }
      actions={
        <>
          <Problem error={locks && isAboutOpener(error) ? undefined : error} />
          {call !== undefined && !locks && <p class="hint">{t('grant_not_agent')}</p>}
          <div class="decide-row">
            {state.step === 'failed' ? (
              <Button onClick={() => deny()} disabled={busy}>
                {t('close')}
              </Button>
            ) : (
              <DenyButton onDeny={() => deny()} busy={busy} more={more} />
            )}
            {call !== undefined && (
              <AllowButton
                armed={armed && !incomplete}
                busy={busy}
                pressed={pressed}
                onClick={guard(() => {
                  if (!incomplete) allow(call);
                })}
                label={t('allow_once')}
              />
            )}
          </div>
        </>
      }
    >
      {state.step === 'locked' && <Locked status={status} again={again} title={t('agent_locked')} />}
      {state.step === 'failed' && <Failed title="consent_failed" message={state.message} />}
      {call?.asks.tool === 'query' && <AgentLearns asks={call.asks} />}
      {call?.asks.tool === 'store_data' && (
        <AgentKeeps asks={call.asks} compartment={compartment} onChoose={setChosen} />
      )}
    </Frame>
  );
};

/** Where what is to be kept would go; undefined where nothing has to be opened for it. */
const compartmentOf = (call: AgentCallView | undefined): CompartmentName | undefined =>
  call?.asks.tool === 'store_data' && call.asks.tier === 3 ? (call.asks.compartment ?? 'private') : undefined;
