import { useState } from 'preact/hooks';
import { agentHash, CONNECT } from '../../../../components/agents/agent-hash.ts';
import { AgentMark, agentTitle } from '../../../../components/agents/agent-mark.tsx';
import { spentWordsOf, standingWords } from '../../../../components/agents/agent-words.ts';
import { AuditSentence } from '../../../../components/audit-sentence.tsx';
import { AGENT_CALLS } from '../../../../components/audit-words.ts';
import { Icon } from '../../../../components/icon.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { ROLE_NAMES } from '../../../../components/site-words.ts';
import { timeAgo } from '../../../../components/time-words.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import { useNow } from '../../../../components/use-now.ts';
import type { AgentView, AuditEntryView } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { Empty } from '../parts/empty.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { matches, SearchField } from '../parts/search-field.tsx';
import { AllAgents } from './all-agents.tsx';

/** From how many agents on the list has search. */
const SEARCH_FROM = 7;
/** How many calls are looked at for what each agent asked last. */
const LOOKED_AT = 100;

/** Every agent that was paired, those that were revoked at the end. */
export const AgentList = () => {
  const asked = useAsked('agents.list', {}, ['agents']);
  if (asked.state === 'loading') return <Loading />;
  if (asked.state === 'failed') return <Problem error={asked.error} />;
  const { agents, stopped } = asked.value;
  return (
    <div class="stack-wide">
      <PageHead title={t('nav_agents')} lead={t('agents_lead')}>
        {agents.length > 0 && (
          <a class="button primary" href={CONNECT}>
            <Icon name="plus" size={16} />
            {t('agents_connect')}
          </a>
        )}
      </PageHead>
      {stopped && <AllAgents stopped />}
      {agents.length === 0 ? <NoAgents /> : <Listed agents={agents} stopped={stopped} />}
      {agents.length > 0 && !stopped && <AllAgents stopped={false} />}
    </div>
  );
};

/** What an agent is for, and the first step. */
const NoAgents = () => (
  <Empty title={t('agents_empty')}>
    <p class="soft">{t('agents_empty_why')}</p>
    <p class="soft">{t('agents_empty_safe')}</p>
    <a class="button primary" href={CONNECT}>
      {t('agents_connect')}
    </a>
  </Empty>
);

const Listed = ({ agents, stopped }: { agents: readonly AgentView[]; stopped: boolean }) => {
  const [query, setQuery] = useState('');
  const calls = useAsked('audit.list', { limit: LOOKED_AT, filter: { kinds: AGENT_CALLS } }, ['audit']);
  const entries = calls.state === 'ready' ? calls.value.entries : [];
  const now = useNow();
  const shown = agents
    .filter((agent) => matches(query, agent.name, agent.client ?? '', t(ROLE_NAMES[agent.role])))
    .toSorted((a, b) => Number(a.state === 'revoked') - Number(b.state === 'revoked'));
  return (
    <div class="stack">
      {agents.length >= SEARCH_FROM && <SearchField label={t('agents_search')} value={query} onInput={setQuery} />}
      {shown.length === 0 && (
        <p class="soft" role="status">
          {t('search_none')}
        </p>
      )}
      <ul class="agents">
        {shown.map((agent) => (
          <li key={agent.id}>
            <Row agent={agent} stopped={stopped} last={entries.find(({ subject }) => subject === agent.id)} now={now} />
          </li>
        ))}
      </ul>
    </div>
  );
};

const Row = ({
  agent,
  stopped,
  last,
  now,
}: {
  agent: AgentView;
  stopped: boolean;
  last: AuditEntryView | undefined;
  now: number;
}) => {
  const { id, name, role, state, lastSeenAt } = agent;
  const standing = standingWords(agent, stopped);
  const spent = state === 'revoked' ? undefined : spentWordsOf(agent);
  return (
    <a class={state === 'revoked' ? 'agent-row over' : 'agent-row'} href={agentHash(id)}>
      <AgentMark resting={stopped || state !== 'active'} />
      <div class="agent-what">
        <h2>
          <bdi dir="auto">{agentTitle(name)}</bdi>
        </h2>
        <p class="small row-wrap">
          <span class={`row ${standing.tone}`}>
            <Icon name={standing.icon} size={14} />
            {t(standing.key)}
          </span>
          {state !== 'revoked' && <span class="soft">{t('agent_counts_as', t(ROLE_NAMES[role]))}</span>}
        </p>
      </div>
      <div class="agent-aside small soft">
        <p>
          {lastSeenAt === undefined ? (
            t('agent_never_seen')
          ) : (
            <time dateTime={new Date(lastSeenAt).toISOString()}>{t('agent_seen', timeAgo(lastSeenAt, now))}</time>
          )}
        </p>
        {spent !== undefined && <p class="agent-sum">{spent}</p>}
      </div>
      <span class="agent-open soft">
        <Icon name="right" size={16} />
      </span>
      {last !== undefined && (
        <p class="agent-last soft">
          <AuditSentence entry={last} />
        </p>
      )}
    </a>
  );
};
