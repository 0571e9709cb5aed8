import { assertField } from '../../core/index.ts';

/** How a credential fades before its issuer ends it: data beside it, which the wallet keeps to. */
export interface DecayPolicy {
  /** Milliseconds after it was received; then it has expired. */
  readonly timeToLive?: number;
  /** How often it may be shown, whichever copy; then it is consumed. */
  readonly uses?: number;
  readonly rate?: UseRate;
  /** Stretches of its life after the first, in their order. */
  readonly phases?: readonly PhaseStart[];
}

/** How often it may be shown in any stretch of time. */
export interface UseRate {
  readonly times: number;
  /** Milliseconds. */
  readonly within: number;
  /** How many more are let through, told apart from the others. */
  readonly grace: number;
}

/** A stretch of a credential's life begins at an age or with a number of uses, whichever comes first. */
export interface PhaseStart {
  readonly phase: 'ageing' | 'fading';
  /** Milliseconds after it was received. */
  readonly afterTime?: number;
  readonly afterUses?: number;
}

/** The most uses that a rate may count: each is a time in the record. */
const MAX_COUNTED = 256;

/** @throws SignetError bad_request, naming the member, on a policy that cannot be kept to */
export function assertDecayPolicy({ timeToLive, uses, rate, phases = [] }: DecayPolicy): void {
  assertField(isCount(timeToLive), 'decay.timeToLive', 'A time to live is a number of milliseconds.');
  assertField(isCount(uses), 'decay.uses', 'A credential is good for at least one use.');
  if (rate !== undefined) {
    const { times, within, grace } = rate;
    const isCounted = isCount(times) && isCount(within) && Number.isSafeInteger(grace) && grace >= 0;
    assertField(isCounted && times + grace <= MAX_COUNTED, 'decay.rate', 'A rate is so many times within a time.');
  }
  const order = phases.map(({ phase }) => ['ageing', 'fading'].indexOf(phase));
  const isOrdered = order.every((place, i) => place > (order[i - 1] ?? -1));
  const haveStarts = phases.every(
    ({ afterTime, afterUses }) => (afterTime ?? afterUses) !== undefined && isCount(afterTime) && isCount(afterUses),
  );
  assertField(isOrdered && haveStarts, 'decay.phases', 'A phase begins at a time or with a use, after the one before.');
}

const isCount = (value: number | undefined): boolean =>
  value === undefined || (Number.isSafeInteger(value) && value > 0);
