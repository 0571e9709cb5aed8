import type { PageRequest } from './page-request.ts';
import { askerOf } from './page-request.ts';

/** First what is in sight already, then what somebody had just touched, then the rest; one of each asker in turn. */
export function inOrderOfShowing(a: PageRequest, b: PageRequest): number {
  const [x, y] = [placeOf(a), placeOf(b)];
  return x[0] - y[0] || x[1] - y[1] || x[2] - y[2] || a.order - b.order;
}

const placeOf = ({ seen, active, round }: PageRequest) => [seen === true ? 0 : 1, active ? 0 : 1, round] as const;

/** The round after the last one that an asker has a request in; for a newcomer the one that is under way. */
export function nextRound(open: readonly PageRequest[], asker: string): number {
  const own = open.filter((request) => askerOf(request) === asker).map(({ round }) => round + 1);
  const current = open.length === 0 ? 0 : Math.min(...open.map(({ round }) => round));
  return Math.max(current, ...own);
}
