import type { ComponentChildren } from 'preact';
import { createContext } from 'preact';
import { useMemo } from 'preact/hooks';
import { useAsked } from '../use-asked.ts';

/** What the person calls the agents that entries of the log are about, by their ids. */
export const AgentNames = createContext<ReadonlyMap<string, string>>(new Map());

/** Lets whatever is in it call agents by their names. Until they are known, it shows all the same. */
export const WithAgentNames = ({ children }: { children: ComponentChildren }) => {
  const asked = useAsked('agents.list', {}, ['agents']);
  const agents = asked.state === 'ready' ? asked.value.agents : undefined;
  const names = useMemo(() => new Map(agents?.map(({ id, name }) => [id, name])), [agents]);
  return <AgentNames value={names}>{children}</AgentNames>;
};
