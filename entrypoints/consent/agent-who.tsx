import { AgentMark, agentTitle } from '../../components/agents/agent-mark.tsx';
import { Icon } from '../../components/icon.tsx';
import { OriginWithTransport } from '../../components/origin.tsx';
import { displayText } from '../../lib/core/index.ts';
import type { AgentAsker, Waiting } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';

/** An agent that asks, where a site's origin stands else: by the person's own name for it, and what it calls itself. */
export const AgentWho = ({ agent: { name, client } }: { agent: AgentAsker }) => (
  <span class="agent-who">
    <AgentMark />
    <span class="stack-tight">
      <bdi dir="auto" class="agent-title">
        {agentTitle(name)}
      </bdi>
      {name !== '' && (
        <span class="small soft">
          {client === undefined || client === '' ? (
            t('agent_of_yours')
          ) : (
            <bdi dir="auto">{t('agent_of_yours_client', displayText(client, 60))}</bdi>
          )}
        </span>
      )}
    </span>
  </span>
);

/** Whom it says that the answer is for: that is its word, so it stands below the agent and never in its place. */
export const AskedFor = ({ request: { origin } }: { request: Waiting }) =>
  origin === '' ? null : (
    <div class="asked-for">
      <span class="asked-for-word">{t('agent_for')}</span>
      <OriginWithTransport origin={origin} />
    </div>
  );

/** What an agent does with what it gets: whoever it is for sees nothing of Signet, and everything of the answer. */
export const HandsOn = ({ request, what }: { request: Waiting; what: 'proof' | 'capability' }) =>
  request.agent === undefined ? null : (
    <p class="why info">
      <Icon name="bot" size={16} />
      <span>
        {t(`agent_hands_on_${what}`)} <span class="soft">{t('agent_hands_on_word')}</span>
      </span>
    </p>
  );
