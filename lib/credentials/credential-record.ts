import type { Origin } from '../core/index.ts';
import { SignetError, canonicalJsonBytes, fromUtf8 } from '../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../vault/index.ts';
import { Collection } from '../vault/index.ts';
import type { ClaimCompartment, ClaimTier } from './claim-catalogue.ts';
import type { CredentialClaim } from './claim-inventory.ts';
import type { TieFacts } from './issuance-tie.ts';
import type { LifeFacts } from './life/index.ts';
import type { SELF_ISSUER } from './verifying/index.ts';

/** What is kept about a credential, at Tier 1: enough to list it and to plan with it, opening nothing else. */
export interface CredentialRecord extends LifeFacts {
  readonly id: string;
  /**
   * Absent: an SD-JWT VC. BBS credentials have one copy for all sites, whose claims are messages (see `bbs-store`).
   * `self` is no credential yet and never stored: what the person could say (see `self-record`).
   */
  readonly format?: 'bbs' | 'bbs+' | 'self';
  /** The issuer's name for this kind of credential, cleaned for display. */
  readonly name: string;
  readonly vct: string;
  /** `vct#integrity`: which description of its type is the one that its issuer means. */
  readonly vctIntegrity?: string;
  readonly issuer: {
    readonly origin: Origin | typeof SELF_ISSUER;
    /** What it calls itself in the credential, where that is not its origin: a DID, or an address of the origin. */
    readonly id?: string;
    readonly name: string;
    /** Whether somebody the person trusts vouched for it when that was last looked at, and what that one is called. */
    readonly vouched: boolean;
    readonly voucher?: string;
  };
  /** Key identifiers of the authorities behind its certificates, base64url; absent where it came by none that say. */
  readonly authorityKeys?: readonly string[];
  /** Seconds since the epoch, as the credential says. */
  readonly issuedAt?: number;
  readonly notBefore?: number;
  readonly hasStatus: boolean;
  readonly claims: readonly CredentialClaim[];
  /** The tier each row of an instance is sealed at; Tier 1 rows lie in the instance itself. */
  readonly rowTiers: readonly ClaimTier[];
  /** What of each instance lies in compartments; absent where nothing does. */
  readonly sealed?: readonly SealedRows[];
  /** Names of claims by which copies of a batch can be put together, whatever is disclosed; absent where there is none. */
  readonly linkable?: readonly string[];
  /** Labels of what the person's own claims are made from and what is never said itself; absent for any other. */
  readonly unsaid?: readonly string[];
  /** Its issuer can be asked again; absent where it cannot. What that takes is sealed apart (see `issuance-tie`). */
  readonly tie?: TieFacts;
  /** When its copies were last replaced by new ones: milliseconds since the epoch. */
  readonly renewedAt?: number;
  /** A backup was restored since it was received: any of the instances may have been shown in the state that went. */
  readonly maybeUsed?: boolean;
}

/** A credential that the vault holds: somebody issued it. */
export type StoredCredential = CredentialRecord & { readonly issuer: { readonly origin: Origin } };

/** What a credential's issuer is to a site: its `iss`. */
export const issuerId = ({ issuer }: Pick<CredentialRecord, 'issuer'>): string => issuer.id ?? issuer.origin;

/** The rows of each instance that lie in one compartment. */
export interface SealedRows {
  readonly name: ClaimCompartment;
  /** Of the compartment they were sealed into: erased and made again, it is another one. */
  readonly id: string;
  readonly rows: readonly number[];
  /** The issuer-signed part lies there too: it shows claims of this compartment whatever rows go with it. */
  readonly issuerPart: boolean;
}

const LIST = new Collection('data/credentials');

const credentialAt = (id: string): Address => ({ label: `data/credential/${id}`, index: 0 });

/** All credentials, oldest first. */
export async function listCredentials(reader: VaultReader): Promise<readonly CredentialRecord[]> {
  const ids = await LIST.list(reader);
  return Promise.all(ids.map((id) => getCredential(reader, id)));
}

/** @throws SignetError not_found */
export async function getCredential(reader: VaultReader, id: string): Promise<StoredCredential> {
  const bytes = await reader.get(credentialAt(id), 1);
  if (bytes === undefined) throw new SignetError('not_found', 'This credential is no longer there.', { field: 'id' });
  // Our own bytes: the vault has authenticated them, so the shape they were written with is the shape they have.
  return JSON.parse(fromUtf8(bytes)) as StoredCredential;
}

/** Writes over what is kept about a credential that is there. */
export function putRecord(tx: VaultTx, record: CredentialRecord): CredentialRecord {
  tx.put(credentialAt(record.id), 1, canonicalJsonBytes(record));
  return record;
}

/** Writes down a credential that is new, and lists it. */
export async function addRecord(tx: VaultTx, record: CredentialRecord): Promise<CredentialRecord> {
  putRecord(tx, record);
  await LIST.add(tx, record.id);
  return record;
}

/** Takes a credential off the list, and what is kept about it away. Its instances are their own matter. */
export async function dropRecord(tx: VaultTx, id: string): Promise<void> {
  await tx.delete(credentialAt(id));
  await LIST.remove(tx, id);
}

/**
 * Whether copies of it are used one after the other: a BBS credential shows itself as another one each time, and what
 * the person says is made when it is said.
 */
export const isUsedUp = ({ format }: Pick<CredentialRecord, 'format'>): boolean => format === undefined;
