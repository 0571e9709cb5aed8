/** What the person runs in a terminal, and what they write down once for their agent: as the command prints it. */
export const INSTALL = 'signet install';
export const PAIR = 'signet pair';
export const LINE = 'claude mcp add signet -- signet serve';
