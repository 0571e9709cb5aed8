import * as v from 'valibot';
import type { Json, JsonObject, Origin } from '../core/index.ts';
import {
  SignetError,
  canonicalJsonBytes,
  displayText,
  fromUtf8,
  parseJson,
  randomBytes,
  toBase64url,
} from '../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../vault/index.ts';
import type { BbsCredential } from './bbs/bbs-credential.ts';
import { MAX_BBS_CREDENTIAL_LENGTH, readBbsCredential } from './bbs/bbs-credential.ts';
import type { BbsPublicJwk } from './bbs/verifying/bbs-jwk.ts';
import { readBbsJwk } from './bbs/verifying/bbs-jwk.ts';
import { claimLabel, claimTier } from './claim-catalogue.ts';
import type { CredentialClaim } from './claim-inventory.ts';
import type { ClaimLabel } from './claim-labels.ts';
import { withLabels } from './claim-labels.ts';
import type { CredentialRecord } from './credential-record.ts';

/**
 * A BBS credential as it is kept: one text for all sites, with the key that it takes to prove anything of it. It is
 * sealed whole at Tier 2: no part of it can be shown without the rest of it at hand.
 */
export interface HeldBbs {
  readonly text: string;
  readonly key: BbsPublicJwk;
}

const bbsAt = (id: string): Address => ({ label: `data/credential/${id}/bbs`, index: 0 });

export interface NewBbsCredential {
  readonly name: string;
  readonly issuerName: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly held: HeldBbs;
  /** What its issuer calls its claims. */
  readonly labels?: readonly ClaimLabel[];
}

/**
 * What is kept beside a BBS credential, to list it and to plan with it.
 * @throws SignetError credential_refused where it says something about payment or health: whoever has a copy of it could
 *   show it, and it can be locked away from no session; bad_request where it is none
 */
export function describeBbs({ name, issuerName, receivedAt, held, labels = [] }: NewBbsCredential): CredentialRecord {
  const { suite, header, claims } = readBbsCredential(held.text);
  return {
    id: toBase64url(randomBytes(16)),
    format: suite,
    name: displayText(name, 80),
    vct: header.type,
    issuer: { origin: header.issuer, name: displayText(issuerName, 80), vouched: false },
    receivedAt,
    expiresAt: header.expires,
    hasStatus: false,
    claims: withLabels(
      header.schema.map((claim, row) => describeClaim(claim, claims[claim] ?? null, row)),
      labels,
    ),
    rowTiers: [],
    instancesReceived: 1,
    instances: [0],
    lastReused: false,
  };
}

function describeClaim(name: string, value: Json, row: number): CredentialClaim {
  const path = [name];
  const tier = claimTier(path, value);
  if (tier === 3) {
    throw new SignetError(
      'credential_refused',
      'This says something about payment or health that anybody could show.',
      {
        field: name,
      },
    );
  }
  const claim = { path, label: claimLabel(path), tier, rows: [row] };
  return tier === 1 ? { ...claim, value } : claim;
}

/** Seals the credential itself, of a record that is stored in the same transaction. */
export function putBbs(tx: VaultTx, id: string, { text, key }: HeldBbs): void {
  tx.put(bbsAt(id), 2, canonicalJsonBytes({ text, key }));
}

export const deleteBbs = (tx: VaultTx, id: string): Promise<void> => tx.delete(bbsAt(id));

/** Whether it is there: a password reset takes it (design §4). Opens nothing. */
export const hasBbs = async (reader: VaultReader, id: string): Promise<boolean> =>
  (await reader.tierOf(bbsAt(id))) !== undefined;

const Held = v.strictObject({ text: v.string(), key: v.unknown() });

/** @throws SignetError not_found when a password reset took it; vault_damaged */
export async function openBbs(
  reader: VaultReader,
  id: string,
): Promise<HeldBbs & { readonly credential: BbsCredential }> {
  const bytes = await reader.get(bbsAt(id), 2);
  if (bytes === undefined) {
    throw new SignetError('not_found', 'This credential was lost when the password was reset. Ask the issuer again.');
  }
  const json = parseJson(fromUtf8(bytes), 'credential', { maxLength: 2 * MAX_BBS_CREDENTIAL_LENGTH, maxDepth: 4 });
  const held = v.safeParse(Held, json);
  const key = held.success ? readBbsJwk(held.output.key) : undefined;
  if (!held.success || key === undefined) {
    throw new SignetError('vault_damaged', 'A part of this credential cannot be read.');
  }
  const { text } = held.output;
  return { text, key, credential: readBbsCredential(text) };
}

/** The claims that it would show with these rows, with their values. */
export async function revealBbs(
  reader: VaultReader,
  { id, claims }: Pick<CredentialRecord, 'id' | 'claims'>,
  rows: readonly number[],
): Promise<JsonObject> {
  const { credential } = await openBbs(reader, id);
  const shown = claims.filter((claim) => claim.rows.every((row) => rows.includes(row)));
  return Object.fromEntries(
    shown.map(({ path }) => {
      const name = String(path[0]);
      return [name, credential.claims[name] ?? null];
    }),
  );
}

/** Asks the issuer for its keys and takes those of a suite: whoever issued it is whoever it says. */
export interface BbsArrival {
  readonly issuer: Origin;
  readonly type: string;
  readonly suite: BbsCredential['suite'];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Passes when what came is a credential of this issuer, type and suite, and in time. Its signature is not looked at.
 * @throws SignetError credential_refused, naming what is wrong
 */
export function assertArrived(text: string, { issuer, type, suite, now }: BbsArrival): void {
  const refuse = (field: string, message: string, cause?: unknown): never => {
    throw new SignetError('credential_refused', message, { field, cause });
  };
  let credential: BbsCredential;
  try {
    credential = readBbsCredential(text);
  } catch (cause) {
    return refuse('credential', 'The issuer sent something that is not a credential of the kind it offered.', cause);
  }
  const { header } = credential;
  if (header.issuer !== issuer) refuse('issuer', 'The credential says that another issuer made it.');
  if (header.type !== type) refuse('type', 'The credential is of another type than was offered.');
  if (credential.suite !== suite) refuse('suite', 'The credential is of another kind than was offered.');
  if (header.expires * 1000 <= now) refuse('expires', 'The credential has expired already.');
}
