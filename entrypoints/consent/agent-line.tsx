import { agentWords } from '../../components/agent-words.ts';
import { Icon } from '../../components/icon.tsx';
import { Origin } from '../../components/origin.tsx';
import { displayText } from '../../lib/core/index.ts';
import type { AgentAsker } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';

/** An agent, by the name that the person gave it. */
export const AgentName = ({ agent }: { agent: AgentAsker }) => (
  <span class="own-name">
    <Icon name="key" size={20} />
    <bdi dir="auto">{agentWords(agent)}</bdi>
  </span>
);

/** What there is to say of an agent beside its name: whom it asks for, by its own word, and what its program calls itself. */
export const AgentLines = ({ agent, origin }: { agent: AgentAsker; origin: string }) => (
  <>
    {origin !== '' && (
      <p>
        {t('agent_for')} <Origin origin={origin} />
      </p>
    )}
    {agent.client !== undefined && <p class="small soft">{t('agent_program', displayText(agent.client, 80))}</p>}
  </>
);
