import * as v from 'valibot';
import type { DecayPolicy } from '../../credentials/index.ts';

/** A century. */
const MOST_SECONDS = 3_155_760_000;
const MOST_TIMES = 256;

const seconds = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_SECONDS));
const times = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_TIMES));

/**
 * `signet_decay` of a credential configuration, Signet's own extension: how the issuer wants wallets to let the
 * credential fade before it expires. Times are in seconds, from when it was received.
 */
export const Decay = v.pipe(
  v.strictObject({
    time_to_live: v.optional(seconds),
    uses: v.optional(times),
    rate: v.optional(
      v.pipe(
        v.strictObject({
          times,
          within: seconds,
          grace: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
        }),
        v.check((rate) => rate.times + rate.grace <= MOST_TIMES, `must count at most ${MOST_TIMES} uses`),
      ),
    ),
    phases: v.optional(
      v.pipe(
        v.array(
          v.pipe(
            v.strictObject({
              phase: v.picklist(['ageing', 'fading']),
              after_time: v.optional(seconds),
              after_uses: v.optional(times),
            }),
            v.check((phase) => (phase.after_time ?? phase.after_uses) !== undefined, 'must say when it begins'),
          ),
        ),
        v.minLength(1),
        v.maxLength(2),
        v.check(([first, second]) => second === undefined || first?.phase !== second.phase, 'must differ'),
        v.check(([first, second]) => second === undefined || first?.phase === 'ageing', 'must begin with ageing'),
      ),
    ),
  }),
  v.check((decay) => Object.values(decay).some((member) => member !== undefined), 'must not be empty'),
);

/** The policy that the wallet keeps: times in milliseconds. */
export function decayPolicyOf({ time_to_live, uses, rate, phases }: v.InferOutput<typeof Decay>): DecayPolicy {
  return {
    ...(time_to_live !== undefined && { timeToLive: time_to_live * 1000 }),
    ...(uses !== undefined && { uses }),
    ...(rate !== undefined && { rate: { ...rate, within: rate.within * 1000 } }),
    ...(phases !== undefined && {
      phases: phases.map(({ phase, after_time, after_uses }) => ({
        phase,
        ...(after_time !== undefined && { afterTime: after_time * 1000 }),
        ...(after_uses !== undefined && { afterUses: after_uses }),
      })),
    }),
  };
}
