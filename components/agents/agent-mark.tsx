import { displayText } from '../../lib/core/index.ts';
import { t } from '../../lib/platform/index.ts';
import { Icon } from '../icon.tsx';

/** Stands for an agent where a ring stands for a site: it is square, and never the first letter of a name. */
export const AgentMark = ({ large = false, resting = false }: { large?: boolean; resting?: boolean }) => (
  <span class={`agent-mark${large ? ' large' : ''}${resting ? ' resting' : ''}`}>
    <Icon name="bot" size={large ? 32 : 22} />
  </span>
);

/** The person's name for an agent, in a sentence: an agent's is never written as an origin is. */
export const AgentName = ({ name }: { name: string }) => (
  <span class="agent-name">
    <Icon name="bot" size={14} />
    <bdi dir="auto">{agentTitle(name)}</bdi>
  </span>
);

/** What an agent is called; one whose name is not known, because the vault that knows it is locked, has none. */
export const agentTitle = (name: string): string => displayText(name, 60) || t('agent_unnamed');
