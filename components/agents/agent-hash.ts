/** Where the app lists the agents. */
export const AGENTS = '#/agents';

/** Where the app connects one more. */
export const CONNECT = `${AGENTS}/connect`;

/** Where the app shows an agent: ids are base64url. */
export const agentHash = (id: string): string => `${AGENTS}/${id}`;

/** Where the app shows all that an agent did. */
export const agentActivityHash = (id: string): string => `#/activity/${id}`;
