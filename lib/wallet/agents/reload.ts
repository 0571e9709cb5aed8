import type { Services } from '../services.ts';

/**
 * Starts the extension anew, so that what the browser granted works. What waits for the person cannot outlive that: it is
 * sealed under a key of this session.
 * @param lose whether they know
 * @returns how much waits; where that is something and they do not know, nothing was done
 */
export async function reloadForAgents({ queue, agents }: Services, lose: boolean): Promise<{ waiting: number }> {
  const waiting = queue.list().length;
  if (waiting === 0 || lose) await agents.reload();
  return { waiting };
}
