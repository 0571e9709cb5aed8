import type { Json, Origin } from '../core/index.ts';
import { canonicalJsonBytes, fromUtf8, randomBytes, toBase64url } from '../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../vault/index.ts';

/**
 * What ties credentials to the issuance they came from: with it their issuer can be asked for new copies, and told what
 * became of them. Tokens and keys are in it, so it lies at Tier 1 in a record of its own, as holder keys do; one for
 * all credentials that came by one token, for whoever uses that up must leave the next one behind for the others.
 */
export interface IssuanceTie {
  readonly id: string;
  /** What the protocol needs to go on. Plain JSON; whoever speaks the protocol reads it. */
  readonly session: Json;
}

/** What a credential's record says of its issuance, without opening that. */
export interface TieFacts {
  /** Id of the `IssuanceTie`. */
  readonly issuance: string;
  /** Which part of the issuance the credential is. Plain JSON, for whoever speaks the protocol. */
  readonly part: Json;
  /** The issuer gave leave to come back for new copies. */
  readonly renewable: boolean;
  /** The issuer wants to hear what becomes of it. */
  readonly notifies: boolean;
  /** Hosts besides the issuer's own that coming back speaks to. */
  readonly others: readonly Origin[];
}

const tieAt = (id: string): Address => ({ label: `data/issuance/${id}`, index: 0 });

/** An id for the tie of credentials that are about to be stored. */
export const newTieId = (): string => toBase64url(randomBytes(16));

/** Writes down, or over, what ties credentials to their issuance. */
export function putTie(tx: VaultTx, tie: IssuanceTie): void {
  const bytes = canonicalJsonBytes(tie);
  tx.put(tieAt(tie.id), 1, bytes);
  bytes.fill(0);
}

/** What ties credentials to their issuance; undefined where it is gone. */
export async function getTie(reader: VaultReader, id: string): Promise<IssuanceTie | undefined> {
  const bytes = await reader.get(tieAt(id), 1);
  if (bytes === undefined) return undefined;
  return JSON.parse(fromUtf8(bytes)) as IssuanceTie; // our own bytes, authenticated by the vault
}

/** What hangs on ties. */
interface Tied {
  readonly tie?: TieFacts;
}

/** Forgets a tie unless one of these hangs on it. @param left what is there when the transaction is done */
export async function releaseTie(tx: VaultTx, id: string, left: readonly Tied[]): Promise<void> {
  if (!left.some(({ tie }) => tie?.issuance === id)) await tx.delete(tieAt(id));
}
