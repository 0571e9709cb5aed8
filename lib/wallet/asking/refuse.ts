import type { AuditDraft } from '../../audit/index.ts';
import { AuditLog } from '../../audit/index.ts';
import { randomBytes } from '../../core/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import type { OpenVault } from '../../vault/index.ts';
import { againWhileOutrun } from '../again.ts';
import { asksProof } from '../proving/asked-proof.ts';
import { capabilityCallOf } from '../spending/capability-call.ts';
import { offerDenied } from '../receiving/offer-kind.ts';
import { admitProof } from '../proving/ways.ts';
import type { Judgement } from '../judging/judge.ts';
import { logJudged } from '../judging/note-answer.ts';
import { logOutcome } from './log-outcome.ts';
import type { SpendingServices } from '../services.ts';

/** How long a person takes to say no, in milliseconds: a refusal without one takes as long (design §3, rule 9). */
const SOONEST = 1_500;
const LATEST = 6_000;

/**
 * Refuses a request without the person: it is out of sight at once, logged at once, and its page hears of it after as
 * long as a person would take. Harmless when the request waits no more.
 * @param grounds what refuses it: the rules, or what the wallet keeps (a limit, a token that it is not about); a mute and
 *   a "never" of a locked vault need none
 */
export async function refuseRequest(
  services: SpendingServices,
  request: PageRequest,
  grounds?: Judgement | 'wallet',
): Promise<void> {
  const { queue, keeper, clock } = services;
  const at = clock() + humanDelay();
  const vault = (await keeper.state()) === 'unlocked' ? await keeper.open() : undefined;
  if (vault?.readOnly === undefined && vault !== undefined && grounds !== undefined) {
    await againWhileOutrun(services, request, () => refuseLogged(services, request, { vault, grounds, at }));
    services.announce('audit');
  } else {
    await queue.refuse(request.id, at);
    await logOutcome(services, refusalDraft(request));
  }
  services.awaitRefusals();
  services.announce('requests');
}

interface Refusal {
  readonly vault: OpenVault;
  readonly grounds: Judgement | 'wallet';
  /** When the page hears of it: milliseconds since the epoch. */
  readonly at: number;
}

/** The entry and the refusal in one transaction. */
async function refuseLogged(
  services: SpendingServices,
  request: PageRequest,
  { vault, grounds, at }: Refusal,
): Promise<void> {
  const { queue, clock, book } = services;
  const policy = grounds === 'wallet' ? await book.hash(vault) : grounds.policy.hash;
  const log = new AuditLog(vault, { clock, policy });
  const draft = refusalDraft(request);
  await queue.refuse(request.id, at, ({ write, expected }) =>
    log.transact(async (tx) => {
      if (grounds === 'wallet') await tx.log(draft);
      else await logJudged(tx, draft, grounds);
      tx.raw(write);
      tx.expect(expected);
    }),
  );
}

function refusalDraft(request: PageRequest): AuditDraft {
  if (request.method === 'requestCapability') {
    const { kind } = capabilityCallOf(request);
    return { kind: 'capability.refused', subject: request.origin, claims: [kind], decision: 'DENY' };
  }
  if (!asksProof(request)) return { kind: offerDenied(request), subject: request.origin, decision: 'DENY' };
  const { needed } = admitProof(request).askedClaims;
  return { kind: 'proof.refused', subject: request.origin, claims: needed, decision: 'DENY' };
}

/** Uniform, by the one source of randomness there is: a page must not learn it from another. */
function humanDelay(): number {
  const [high = 0, low = 0] = randomBytes(2);
  return SOONEST + Math.round(((high * 256 + low) / 65_535) * (LATEST - SOONEST));
}
