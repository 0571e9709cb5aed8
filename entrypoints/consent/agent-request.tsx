import { useArming } from '../../components/arming.ts';
import { attributeWords } from '../../components/attribute-words.ts';
import { Button } from '../../components/button.tsx';
import { Problem } from '../../components/notice.tsx';
import { isAboutOpener, useOpener } from '../../components/opener.tsx';
import { displayText } from '../../lib/core/index.ts';
import type { AgentCallView, AgentCallWaiting, WalletStatus } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { AllowButton } from './allow-button.tsx';
import { DenyButton } from './deny.tsx';
import { Failed } from './failed.tsx';
import { Frame, Section } from './frame.tsx';
import { Locked } from './gates.tsx';
import { Grant } from './grant.tsx';
import { useDecision } from './use-decision.ts';

/** An agent wants to keep something, or to be told a conclusion. */
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
  const asked = state.step === 'ask' ? state : undefined;
  const opener = useOpener(status);
  const { armed, pressed, guard } = useArming(asked === undefined ? null : `${requestId} ${asked.digest}`);
  const { busy, error, decide, deny } = useDecision(requestId, again);
  const compartment = asked?.asks.tool === 'store_data' ? asked.asks.compartment : undefined;
  const ready = compartment === undefined || opener.ready;

  const allow = ({ digest }: AgentCallView) =>
    decide(() =>
      compartment === undefined
        ? ask('requests.allowAgentCall', { requestId, digest })
        : opener.use((by) => ask('requests.allowAgentCall', { requestId, digest, opener: by })),
    );

  return (
    <Frame
      request={request}
      title={t('asks_agent')}
      focusHeading={state.step !== 'locked'}
      panel={
        compartment !== undefined && (
          <Grant compartments={[compartment]} status={status} opener={opener} busy={busy} error={error} />
        )
      }
      actions={
        <>
          <Problem error={compartment !== undefined && isAboutOpener(error) ? undefined : error} />
          <div class="decide-row">
            {state.step === 'failed' ? (
              <Button onClick={() => deny()} disabled={busy}>
                {t('close')}
              </Button>
            ) : (
              <DenyButton onDeny={() => deny()} busy={busy} more={undefined} />
            )}
            {asked !== undefined && (
              <AllowButton
                armed={armed && ready}
                busy={busy}
                pressed={pressed}
                onClick={guard(() => {
                  if (ready) allow(asked);
                })}
                label={t('allow_once')}
              />
            )}
          </div>
        </>
      }
    >
      {state.step === 'locked' && <Locked status={status} again={again} />}
      {state.step === 'failed' && <Failed title="consent_failed" message={state.message} />}
      {asked?.asks.tool === 'query' && <Question asks={asked.asks} />}
      {asked?.asks.tool === 'store_data' && <ToKeep asks={asked.asks} />}
    </Frame>
  );
};

type Asks<T extends AgentCallView['asks']['tool']> = Extract<AgentCallView['asks'], { readonly tool: T }>;

/** Whose word it is where it is the person's own. */
const SELF = 'self';

const Question = ({ asks: { query, label, conclusion, source, told } }: { asks: Asks<'query'> }) => (
  <>
    <Section title={t('agent_query_title')}>
      <p>
        <bdi dir="auto">{displayText(label, 80)}</bdi>
      </p>
      <p class="small soft">
        <code>{displayText(query, 300)}</code>
      </p>
    </Section>
    <Section title={t('agent_query_answer')}>
      <p>
        <strong>
          <bdi dir="auto">{displayText(conclusion, 120)}</bdi>
        </strong>
      </p>
      <p class="small soft">
        {source === SELF ? t('agent_query_source_own') : t('agent_query_source', displayText(source, 120))}
      </p>
      {told.length > 0 && <p class="small">{t('agent_query_told', displayText(told.join(', '), 300))}</p>}
    </Section>
  </>
);

const ToKeep = ({ asks: { label, type, value, tier, replaces } }: { asks: Asks<'store_data'> }) => (
  <Section title={t('agent_store_title')}>
    <p>
      <bdi dir="auto">{displayText(label, 80)}</bdi>
    </p>
    <p>
      <strong>
        <bdi dir="auto">{attributeWords(type, displayText(value, 500))}</bdi>
      </strong>
    </p>
    <p class="small soft">{t(`agent_store_tier_${tier}`)}</p>
    {replaces && <p class="small is-warn">{t('agent_store_replaces')}</p>}
  </Section>
);
