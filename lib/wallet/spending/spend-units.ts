import { AuditLog } from '../../audit/index.ts';
import type { BudgetChain, HeldCapability, Unit } from '../../capabilities/index.ts';
import {
  PayerChain,
  advanceSpentIndex,
  formatUnit,
  isOver,
  openSeed,
  readHeld,
  readSpentIndex,
  unitsFor,
} from '../../capabilities/index.ts';
import type { Json } from '../../core/index.ts';
import { SignetError, parseOrigin } from '../../core/index.ts';
import type { CapabilityResponse } from '../../provider/types.ts';
import type { PageRequest } from '../../requests/index.ts';
import type { OpenVault } from '../../vault/index.ts';
import { againWhileOutrun } from '../again.ts';
import type { ReleaseCall } from './capability-call.ts';
import { Judge } from '../judging/judge.ts';
import type { SpendingServices } from '../services.ts';

/** How a call for units ended. */
export type UnitsOutcome = 'released' | 'refused';

/**
 * Lets units of a budget out, as the page that holds its token asks: the person allowed the sum when they released that.
 * How far it is spent, the entry in the log and the answer are one transaction, so no unit leaves that is not counted,
 * and none twice. Whatever is wrong with the call looks the same to the page (rule 9).
 * @throws SignetError `locked`, `storage_failed`, `read_only`, `vault_damaged`
 */
export async function spendUnits(
  services: SpendingServices,
  request: PageRequest,
  call: ReleaseCall,
): Promise<UnitsOutcome> {
  const vault = await services.keeper.open();
  const held = await readHeld(vault, request.origin, call.jti);
  if (held === undefined || !isOf(held, call, services.clock())) return 'refused';
  using seed = await openSeed(vault, held);
  if (seed === undefined) return 'refused';
  using chain = PayerChain.open(seed, chainOf(held));
  try {
    await againWhileOutrun(services, request, () => settle(services, request, { vault, call, held, chain }));
  } catch (thrown) {
    if (REFUSALS.has(SignetError.from(thrown).reason)) return 'refused';
    throw thrown;
  }
  services.announce('requests');
  services.announce('capabilities');
  services.announce('audit');
  return 'released';
}

/** Too little is left or a backup was put back; the sum is no whole number of units; it is not there; it was denied or ended meanwhile. */
const REFUSALS: ReadonlySet<string> = new Set(['consumed', 'bad_request', 'not_found', 'denied']);

/** Whether a call is for this budget, and nothing has ended it. */
const isOf = (held: HeldCapability, { kind, money }: ReleaseCall, now: number): boolean =>
  held.budget !== undefined && held.kind === kind && held.money?.currency === money.currency && !isOver(held, now);

function chainOf({ budget, money }: HeldCapability): BudgetChain {
  if (budget === undefined || money === undefined) throw new SignetError('internal', 'A budget has its terms.');
  return { ...budget, currency: money.currency };
}

interface Releasing {
  readonly vault: OpenVault;
  readonly call: ReleaseCall;
  readonly held: HeldCapability;
  readonly chain: PayerChain;
}

async function settle(services: SpendingServices, request: PageRequest, releasing: Releasing): Promise<void> {
  const { vault, call, held } = releasing;
  const { queue, clock, book } = services;
  const from = await readSpentIndex(vault, held.jti);
  const unit = unitAfter(releasing, from);
  const policy = await book.hash(vault);
  const log = new AuditLog(vault, { clock, policy });
  const settled = await queue.settle(request.id, { ok: true, result: answerOf(request, held, unit) }, (answer) =>
    log.transact(async (tx) => {
      const judge = await Judge.of(tx, services, request, call.purpose);
      if (judge.policy.hash !== policy) throw new SignetError('changed', 'Your rules have changed meanwhile.');
      const judgement = judge.spend({ ...call, oneTime: false });
      const now = await readHeld(tx, parseOrigin(held.audience, 'audience'), held.jti);
      if (judgement.verdict === 'DENY' || now === undefined || isOver(now, clock())) {
        throw new SignetError('denied', 'Nothing is released from this budget any more.');
      }
      await advanceSpentIndex(tx, held.jti, { from, to: unit.index });
      // The person allowed the sum: nobody was asked again, and no rule decided.
      await tx.log({ kind: 'capability.units', subject: request.origin, claims: [call.kind], decision: 'PERMIT' });
      tx.raw(answer.write);
      tx.expect(answer.expected);
    }),
  );
  services.deliver(settled);
}

/** @throws SignetError consumed where too little is left */
function unitAfter({ held, call, chain }: Releasing, from: number): Unit {
  const index = from + unitsFor(chainOf(held), call.money.amount);
  if (index > chain.length) throw new SignetError('consumed', 'The budget has too little left. Nothing was released.');
  return { index, link: chain.linkAt(index) };
}

function answerOf({ id }: PageRequest, { expiresAt }: HeldCapability, unit: Unit): Json {
  const response: CapabilityResponse = { token: formatUnit(unit), requestId: id, expiresAt };
  return { ...response };
}
