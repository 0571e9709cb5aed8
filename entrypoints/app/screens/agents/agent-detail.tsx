import { useState } from 'preact/hooks';
import { AGENTS } from '../../../../components/agents/agent-hash.ts';
import { AgentMark, agentTitle } from '../../../../components/agents/agent-mark.tsx';
import { standingWords } from '../../../../components/agents/agent-words.ts';
import { Button } from '../../../../components/button.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { dateWords, timeAgo } from '../../../../components/time-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import { useNow } from '../../../../components/use-now.ts';
import { displayText } from '../../../../lib/core/index.ts';
import type { AgentView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';
import { AgentAsked } from './agent-asked.tsx';
import { AgentRename, AgentRevoke } from './agent-dialogs.tsx';
import { AgentMay } from './agent-may.tsx';
import { AgentSpent } from './agent-spent.tsx';
import { AllAgents } from './all-agents.tsx';

/** One agent: how it stands, what it may do, what it spent and what it asked. */
export const AgentDetail = ({ agent, stopped }: { agent: AgentView; stopped: boolean }) => {
  const { state, limits } = agent;
  const isRevoked = state === 'revoked';
  return (
    <div class="stack-wide">
      {stopped && <AllAgents stopped />}
      <Head agent={agent} stopped={stopped} />
      {isRevoked ? <Notice tone="info">{t('agent_revoked_means')}</Notice> : <AgentMay agent={agent} />}
      {limits.budget.length > 0 && <AgentSpent agent={agent} />}
      <AgentAsked id={agent.id} />
    </div>
  );
};

const Head = ({ agent, stopped }: { agent: AgentView; stopped: boolean }) => {
  const { name, state, client, pairedAt, lastSeenAt, asked } = agent;
  const now = useNow();
  const [asking, setAsking] = useState<'rename' | 'revoke' | undefined>(undefined);
  const standing = standingWords(agent, stopped);
  const close = () => setAsking(undefined);
  return (
    <header class="stack">
      <a class="link back" href={AGENTS}>
        {t('agents_back')}
      </a>
      <div class="agent-head">
        <AgentMark large resting={stopped || state !== 'active'} />
        <div class="grow stack-tight">
          <h1>
            <bdi dir="auto">{agentTitle(name)}</bdi>
          </h1>
          <p class={`row ${standing.tone}`}>
            <Icon name={standing.icon} size={16} />
            {t(standing.key)}
          </p>
        </div>
      </div>
      <p class="soft">
        {client !== undefined && client !== '' && (
          <>
            <bdi dir="auto">{t('agent_client', displayText(client, 80))}</bdi>{' '}
          </>
        )}
        {t('agent_paired', dateWords(pairedAt))}{' '}
        {lastSeenAt === undefined ? t('agent_never_asked') : tn('agent_asked', asked, timeAgo(lastSeenAt, now))}
      </p>
      {state !== 'revoked' && (
        <div class="row-wrap">
          <PauseButton agent={agent} />
          <Button onClick={() => setAsking('rename')}>
            <Icon name="edit" size={16} />
            {t('agent_rename')}
          </Button>
          <Button look="harm" onClick={() => setAsking('revoke')}>
            {t('agent_revoke')}
          </Button>
        </div>
      )}
      {asking === 'rename' && <AgentRename agent={agent} onClose={close} />}
      {asking === 'revoke' && <AgentRevoke agent={agent} onClose={close} />}
    </header>
  );
};

/** Pausing loses nothing but what waits, and is taken back by the same button: it asks nothing. */
const PauseButton = ({ agent: { id, state } }: { agent: AgentView }) => {
  const { busy, error, run } = useAction();
  const isPaused = state === 'paused';
  const turn = () =>
    run(async () => {
      await ask(isPaused ? 'agents.resume' : 'agents.pause', { id });
    });
  return (
    <>
      <Button look={isPaused ? 'primary' : 'plain'} busy={busy} onClick={turn}>
        <Icon name={isPaused ? 'bot' : 'pause'} size={16} />
        {t(isPaused ? 'agent_resume' : 'agent_pause')}
      </Button>
      <Problem error={error} />
    </>
  );
};
