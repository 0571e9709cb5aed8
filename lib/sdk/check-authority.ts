import type { CapabilityChain, ConsumptionLedger, Counted, Permission } from '../capabilities/checking.ts';
import {
  capabilityHash,
  countedUses,
  decideBySpl,
  isChainSigned,
  isGranted,
  momentOf,
  readChain,
  refusalsOf,
  verifyHolderProof,
  verifyStanding,
} from '../capabilities/checking.ts';
import { SignetError, toMajorUnits } from '../core/index.ts';
import type { AuthorityContext, AuthorityQuestion } from './authority-context.ts';
import { readAuthorityContext } from './authority-context.ts';
import type { AuthorityRefusal } from './refusal.ts';
import { refuse } from './refusal.ts';
import { readShownClause } from './shown-clause.ts';
import type { ShownUnit } from './shown-unit.ts';
import { readShownUnit, refuseUnit } from './shown-unit.ts';

export type AuthorityResult =
  | {
      readonly allowed: true;
      readonly reasons: readonly [];
      /** The root token's id: its uses are counted under it, and receipts name it. */
      readonly jti: string;
      /** What is left of the token in major units, where that is known here: of a one-time token, or of a budget. */
      readonly remaining: string | undefined;
      /** Until when the token could be used again, if it could. */
      readonly expires: Date;
    }
  | {
      readonly allowed: false;
      /** All that is known to be wrong, never empty. */
      readonly reasons: readonly AuthorityRefusal[];
      readonly jti: undefined;
      readonly remaining: undefined;
      readonly expires: undefined;
    };

/**
 * Decides whether a capability allows what is about to be done, and counts it where it does. `allowed` is true only
 * with: a trusted issuer (a pinned wallet, or one under an authority that is shown beside the token), right signatures
 * from the root to the last token, every bound and every policy of each of them, the clause opened that is for you where
 * the token hides them, the holder's key proven for exactly this use, a unit of the budget where the token has one, and
 * the use counted in your ledger. When it is true, the use has been consumed: do it.
 * Asks nobody by itself. What two merchants who do not share a ledger take from one token, neither of them can see.
 * @param token a token, or a chain of them, as it came
 * @throws SignetError bad_request on a mistake of the caller, naming the member of `context`; what its stores throw.
 *   Never because of a bad token or proof
 * @example
 * const wallet = 'k4.public.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8';
 * const purchase = { action: 'purchase', amount: '10.00', currency: 'USD', audience: 'shop.example' };
 * const result = await checkAuthority('not a token', { ...purchase, issuers: [{ key: wallet }] });
 * result.allowed; // false
 * result.reasons[0]?.reason; // 'malformed'
 */
export async function checkAuthority(token: string, context: AuthorityContext): Promise<AuthorityResult> {
  const question = readAuthorityContext(context);
  const read = readToken(token);
  if ('reason' in read) return deny(read);
  const trust = await trustIn(read, question);
  if ('reason' in trust) return deny(trust);
  if (!(await isChainSigned(read))) return deny(refuse('bad_signature', 'The issuer did not sign this token.'));
  const clause = readShownClause(read, context.clause);
  if (clause !== undefined && 'reason' in clause) return deny(clause);
  const judged = judge(read, { trust, clause }, question);
  if (judged.refusals.length > 0) return deny(...judged.refusals);
  const unproven = await refuseProof(read, question);
  if (unproven !== undefined) return deny(unproven);
  // It costs the most, so nobody gets as far without the holder's key.
  const unpaid = judged.unit && refuseUnit(judged.unit);
  if (unpaid !== undefined) return deny(unpaid);
  const uncounted = await refuseCount(judged.uses, context.ledger);
  return uncounted === undefined ? allow(read, trust, judged) : deny(uncounted);
}

const deny = (...reasons: readonly AuthorityRefusal[]): AuthorityResult => ({
  ...{ allowed: false, reasons, jti: undefined, remaining: undefined, expires: undefined },
});

function readToken(token: unknown): CapabilityChain | AuthorityRefusal {
  if (typeof token !== 'string') return refuse('malformed', 'The token is not text.');
  try {
    return readChain(token);
  } catch (error) {
    const { field, message } = SignetError.from(error);
    return refuse(field?.endsWith('.crit') === true ? 'unknown_critical' : 'malformed', message);
  }
}

/** What an issuer is trusted with: all that it signs, or what an authority grants it. */
interface Trust {
  readonly grants: Parameters<typeof isGranted>[0] | undefined;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** A wallet's key by itself means nothing: a token that was signed with it could be anybody's. */
async function trustIn({ root }: CapabilityChain, question: AuthorityQuestion): Promise<Trust | AuthorityRefusal> {
  const { pinned, authorities, use, context } = question;
  const key = root.claims.iss;
  if (pinned.includes(key)) return { grants: undefined, until: Infinity };
  if (typeof context.standing !== 'string') {
    return refuse(
      'untrusted_issuer',
      'The wallet is not one you know, and no authority that you trust is shown with it.',
    );
  }
  const expected = { trusted: authorities, audience: use.audience, key, now: use.now };
  const verdict = await verifyStanding(context.standing, expected);
  if (!verdict.stands) return refuse('untrusted_issuer', verdict.detail);
  const { iss, jti, grants, exp } = verdict.offer.claims;
  const authority = authorities.find((one) => one.authority === iss);
  if (await authority?.isRevoked?.(jti)) return refuse('revoked', 'The authority took its offer back.');
  return { grants, until: momentOf(exp) };
}

/** What is decided about a use before anything is consumed. */
interface Judgement {
  readonly refusals: readonly AuthorityRefusal[];
  readonly uses: ReturnType<typeof countedUses>;
  readonly counted: Counted;
  readonly unit: ShownUnit | undefined;
}

/** What stands behind a token, or is shown with it. */
interface Shown {
  readonly trust: Trust;
  readonly clause: Permission | undefined;
}

function judge(chain: CapabilityChain, { trust, clause }: Shown, { use, context, last }: AuthorityQuestion): Judgement {
  const shown = readShownUnit(chain, context.unit, use, last);
  const [unit, unpaid] = shown !== undefined && 'reason' in shown ? [undefined, shown] : [shown, undefined];
  const counted = { amount: use.amount ?? 0, ...(clause && { clause }), ...(unit && { index: unit.unit.index }) };
  const uses = countedUses(chain, counted);
  const decide = { decide: context.decide ?? decideBySpl };
  const total = clause === undefined ? chain.root.claims.spl.max_amount : clause.amount;
  const grant = { leaf: chain.leaf.claims, ...decide, ...(total === undefined ? {} : { total }) };
  const isWithinGrants = trust.grants === undefined || isGranted(trust.grants, use, grant);
  return {
    ...{ counted, uses, unit },
    refusals: [
      ...refusalsOf(chain, use, { ...decide, ...(clause && { clause }) }),
      ...(isWithinGrants ? [] : [refuse('over_grant', 'The authority did not grant the wallet as much.')]),
      ...(unpaid === undefined ? [] : [unpaid]),
      ...(uses.length > 0 && context.ledger === undefined
        ? [refuse('no_ledger', 'The token has to be counted, and there is no ledger to count it in.')]
        : []),
      ...(chain.leaf.claims.cnf !== undefined && context.proof === undefined
        ? [refuse('no_holder_proof', 'The token is bound to a key, and nothing proves it.')]
        : []),
    ],
  };
}

async function refuseProof(
  { leaf }: CapabilityChain,
  { use, context }: AuthorityQuestion,
): Promise<AuthorityRefusal | undefined> {
  const holder = leaf.claims.cnf?.jwk;
  if (holder === undefined || context.proof === undefined) return undefined;
  const { proof, method, url, nonce, body, replay } = context.proof;
  if (typeof proof !== 'string') return refuse('malformed_proof', 'The proof is not text.');
  const { action, amount, currency, now } = use;
  const money = amount === undefined || currency === undefined ? {} : { amount, currency };
  const verdict = await verifyHolderProof(proof, {
    ...{ holder, tokenHash: capabilityHash(leaf), nonce, now, replay },
    use: { method, url, action, ...money, ...(body === undefined ? {} : { body }) },
  });
  return verdict.proven ? undefined : refuse(verdict.problem, verdict.detail);
}

const UNCOUNTED: ReadonlyMap<string, AuthorityRefusal> = new Map([
  ['used', refuse('used', 'The token was used before.')],
  ['over', refuse('over_limit', 'The token does not have as much left.')],
  ['rollback', refuse('rollback', 'Later units of the budget were taken before.')],
  ['full', refuse('ledger_full', 'No more tokens can be remembered now. Nothing was taken.')],
  ['too_old', refuse('too_old', 'The token is older than what is remembered: it may have been used.')],
]);

async function refuseCount(
  uses: Judgement['uses'],
  ledger: ConsumptionLedger | undefined,
): Promise<AuthorityRefusal | undefined> {
  for (const use of uses) {
    const outcome = await ledger?.consume(use);
    if (outcome === 'ok') continue;
    return UNCOUNTED.get(String(outcome)) ?? refuse('ledger_failed', 'The ledger did not count the use.');
  }
  return undefined;
}

function allow({ root, leaf }: CapabilityChain, { until }: Trust, { counted, uses }: Judgement): AuthorityResult {
  const { budget_chain: chain, currency = counted.clause?.currency } = root.claims.spl;
  const isOver = uses.some(({ oneTime }) => oneTime);
  const left = chain === undefined ? undefined : (chain.length - (counted.index ?? 0)) * chain.unit;
  const remaining = isOver ? 0 : left;
  return {
    ...{ allowed: true, reasons: [], jti: root.claims.jti },
    remaining: remaining === undefined || currency === undefined ? undefined : toMajorUnits(remaining, currency),
    expires: new Date(Math.min(momentOf(leaf.claims.exp), until)),
  };
}
