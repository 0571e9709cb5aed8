import type { Consideration, Services } from '../services.ts';
import { refuseRequest } from './refuse.ts';

/** What became of a request, whoever decided. */
export function phaseOf({ queue }: Pick<Services, 'queue'>, id: string): Consideration {
  const phase = queue.get(id)?.state.phase;
  if (phase === 'answered') return 'answered';
  return phase === 'refusing' ? 'refused' : 'ask';
}

/** Refuses a request, and says so. */
export async function refused(...refusal: Parameters<typeof refuseRequest>): Promise<'refused'> {
  await refuseRequest(...refusal);
  return 'refused';
}
