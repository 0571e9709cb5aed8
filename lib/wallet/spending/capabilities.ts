import type { LoggedTx } from '../../audit/index.ts';
import type { HeldCapability } from '../../capabilities/index.ts';
import { dropSeed, findHeld, forgetHeld, listHeld, putHeld, readSpentIndex } from '../../capabilities/index.ts';
import { SignetError } from '../../core/index.ts';
import type { CapabilityView } from '../../messaging/contract.ts';
import type { VaultReader } from '../../vault/index.ts';
import { stateOf, viewHeld } from './capability-view.ts';
import type { Seen } from './capability-view.ts';
import { openLog } from '../log/open-log.ts';
import type { Services } from '../services.ts';

/** The tokens that were released, newest first. @throws SignetError locked, vault_damaged */
export async function listCapabilities({
  keeper,
  clock,
}: Pick<Services, 'keeper' | 'clock'>): Promise<readonly CapabilityView[]> {
  const vault = await keeper.open();
  const views: CapabilityView[] = [];
  for (const held of (await listHeld(vault)).toReversed()) {
    views.push(viewHeld(held, await seenOf(vault, held, clock())));
  }
  return views;
}

async function seenOf(reader: VaultReader, held: HeldCapability, now: number): Promise<Seen> {
  return { now, released: held.budget === undefined ? 0 : await releasedOf(reader, held.jti, held.budget.length) };
}

/** A budget of before a backup was put back counts as spent. */
async function releasedOf(reader: VaultReader, jti: string, length: number): Promise<number> {
  try {
    return await readSpentIndex(reader, jti);
  } catch (thrown) {
    if (SignetError.from(thrown).reason === 'consumed') return length;
    throw thrown;
  }
}

/**
 * No further units from now on. What is with a merchant already works until its time where that checks offline: the
 * view says until when. Harmless where the token has ended.
 * @throws SignetError `not_found`, `locked`
 */
export async function revokeCapability(services: Services, id: string): Promise<CapabilityView> {
  const log = await openLog(services);
  const at = services.clock();
  const view = await log.transact(async (tx) => {
    const held = await findHeld(tx, id);
    const seen = await seenOf(tx, held, at);
    return stateOf(held, seen) === 'active' ? viewHeld(await revoked(tx, held, at), seen) : viewHeld(held, seen);
  });
  services.announce('capabilities');
  services.announce('audit');
  return view;
}

async function revoked(tx: LoggedTx, held: HeldCapability, at: number): Promise<HeldCapability> {
  const after: HeldCapability = { ...held, revokedAt: at };
  putHeld(tx, after);
  await dropSeed(tx, after);
  await tx.log({ kind: 'capability.revoked', subject: held.audience, claims: [held.kind] });
  return after;
}

/**
 * Forgets a token that has ended, with its receipts. What it took stays counted.
 * @throws SignetError `not_found`; `bad_request`, field `id`, where it may still be used; `locked`
 */
export async function forgetCapability(services: Services, id: string): Promise<void> {
  const log = await openLog(services);
  await log.transact(async (tx) => {
    const held = await findHeld(tx, id);
    if (stateOf(held, await seenOf(tx, held, services.clock())) === 'active') {
      throw new SignetError('bad_request', 'This token may still be used. Revoke it first.', { field: 'id' });
    }
    await forgetHeld(tx, held);
    await tx.log({ kind: 'capability.forgotten', subject: held.audience, claims: [held.kind] });
  });
  services.announce('capabilities');
  services.announce('audit');
}
