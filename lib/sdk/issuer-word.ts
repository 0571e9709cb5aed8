import { toSeconds } from '../core/index.ts';
import type { Jws, Refusal, TrustedKeys, VerifiedPresentation } from '../credentials/verifying/index.ts';
import { askStatus } from '../credentials/verifying/index.ts';
import { mistake } from './caller.ts';
import type { PreparedIssuer } from './trusted-issuer.ts';
import { trustIn } from './trusted-issuer.ts';
import type { StatusFetch } from './verifying.ts';

/** Whose word counts, for what, and when. */
export interface Believed {
  readonly issuers: readonly PreparedIssuer[];
  readonly types: readonly string[] | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly status: 'skip' | StatusFetch | undefined;
}

/** The keys that an issuer may have signed with, and the types it is trusted for. */
export const trustFor = (believed: Believed, issuer: string, signed: Jws): Promise<readonly TrustedKeys[]> =>
  trustIn(
    believed.issuers.filter((entry) => entry.issuer === issuer),
    believed.types,
    signed,
    believed.now,
  );

/** What a status list says against a credential that is otherwise valid. The issuer's own keys must sign the list. */
export async function refuseStatus(
  believed: Believed,
  { facts, claims }: VerifiedPresentation,
): Promise<Refusal | undefined> {
  const { status: fetch } = believed;
  if (!facts.hasStatus || fetch === 'skip') return undefined;
  if (fetch === undefined) throw mistake('status', 'This credential could have been revoked: say `status`.');
  const status = await askStatus(claims, {
    fetch,
    issuer: facts.issuer,
    now: toSeconds(believed.now),
    keys: async (token) => {
      const trusted = await trustFor(believed, facts.issuer, token);
      return trusted.filter(({ types }) => types.includes(facts.vct)).flatMap(({ keys }) => keys);
    },
  });
  return status === 'valid' ? undefined : { valid: false, reason: 'revoked', detail: STATUS_DETAILS[status] };
}

const STATUS_DETAILS = {
  invalid: 'The issuer has revoked this credential (status INVALID).',
  suspended: 'The issuer has suspended this credential for now (status SUSPENDED).',
  unknown: 'The issuer gives this credential a status whose meaning is not known here.',
} as const;

/** @throws SignetError bad_request, field `status` */
export function assertStatus(status: unknown): asserts status is 'skip' | StatusFetch | undefined {
  if (status === undefined || status === 'skip' || typeof status === 'function') return;
  throw mistake('status', 'status is `skip`, or a function that fetches a status list.');
}
