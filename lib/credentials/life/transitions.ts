import { SignetError } from '../../core/index.ts';
import type { CredentialStatus } from '../verifying/index.ts';
import type { HeldBack, LifeFacts } from './life-facts.ts';
import { usableInstances } from './life-facts.ts';
import { assertUsable, isOver, stateOf } from './state.ts';

/** What a use changes. */
export type Used = Pick<LifeFacts, 'uses' | 'recentUses' | 'instances' | 'lastReused' | 'consumedAt'>;

/**
 * What is true of a credential after one of its copies was shown: that copy is gone, but the last that can be shown,
 * which is kept and can be linked from then on; the use that was agreed to be the last takes every copy with it.
 * @param now milliseconds since the epoch
 * @throws SignetError `changed` when the copy is not there to be used; what `assertUsable` throws
 */
export function afterUse(facts: LifeFacts, instance: number, now: number): Used {
  assertUsable(facts, now);
  if (!usableInstances(facts).includes(instance)) {
    throw new SignetError('changed', 'This copy of the credential was used meanwhile.', { field: 'instance' });
  }
  const uses = (facts.uses ?? 0) + 1;
  const counted = { uses, ...recentUses(facts, now) };
  const { lastReused } = facts;
  if (uses >= (facts.decay?.uses ?? Infinity)) return { ...counted, lastReused, instances: [], consumedAt: now };
  if (usableInstances(facts).length === 1) return { ...counted, instances: facts.instances, lastReused: true };
  return { ...counted, lastReused, instances: facts.instances.filter((one) => one !== instance) };
}

function recentUses({ decay, recentUses = [] }: LifeFacts, now: number): Pick<LifeFacts, 'recentUses'> {
  if (decay?.rate === undefined) return {};
  return { recentUses: [...recentUses, now].slice(-(decay.rate.times + decay.rate.grace)) };
}

/** What an answer about statuses changes. */
export type Asked = Required<Pick<LifeFacts, 'statusAskedAt' | 'heldBack'>> & Pick<LifeFacts, 'revokedAt'>;

/**
 * What is true of a credential after its issuer's word on its copies. It is revoked, for good, when every copy that is
 * left is invalid; copies that are not valid are held back, and come back when a later answer says so.
 * @param statuses by the id of the copy; one that is left and has none counts as held back
 * @param now milliseconds since the epoch
 * @throws SignetError `expired`, `consumed`, `revoked` when it is at its end already
 */
export function afterStatus(facts: LifeFacts, statuses: ReadonlyMap<number, CredentialStatus>, now: number): Asked {
  if (isOver(stateOf(facts, now))) assertUsable(facts, now);
  const heldBack = facts.instances.flatMap((instance): readonly HeldBack[] => {
    const status = statuses.get(instance) ?? 'unknown';
    return status === 'valid' ? [] : [{ instance, status }];
  });
  const isRevoked = heldBack.length === facts.instances.length && heldBack.every(({ status }) => status === 'invalid');
  return { statusAskedAt: now, heldBack, ...(isRevoked ? { revokedAt: now } : {}) };
}
