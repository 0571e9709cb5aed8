import './agents.css';
import { useRef } from 'preact/hooks';
import { AGENTS } from '../../../../components/agents/agent-hash.ts';
import { WithAgentNames } from '../../../../components/agents/agent-names.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { useAsked } from '../../../../components/use-asked.ts';
import type { AgentView } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { AgentDetail } from './agent-detail.tsx';
import { AgentList } from './agent-list.tsx';
import { Connect } from './connect.tsx';

/** Programs that work for the person: which there are, what they may do, and the way to one more. `rest`: an id, `connect`. */
export const Agents = ({ rest }: { rest: string }) => (
  <WithAgentNames>
    {rest === '' && <AgentList />}
    {rest === 'connect' && <Connect />}
    {rest !== '' && rest !== 'connect' && <One id={rest} />}
  </WithAgentNames>
);

const One = ({ id }: { id: string }) => {
  const asked = useAsked('agents.list', {}, ['agents']);
  const seen = useRef<AgentView | undefined>(undefined);
  if (asked.state === 'loading') return <Loading />;
  if (asked.state === 'failed') return <Problem error={asked.error} />;
  const { agents, stopped } = asked.value;
  const found = agents.find((agent) => agent.id === id) ?? (seen.current?.id === id ? seen.current : undefined);
  seen.current = found;
  if (found !== undefined) return <AgentDetail key={id} agent={found} stopped={stopped} />;
  return (
    <div class="stack">
      <a class="link back" href={AGENTS}>
        {t('agents_back')}
      </a>
      <h1>{t('agent_gone')}</h1>
      <p class="soft">{t('agent_gone_why')}</p>
    </div>
  );
};
