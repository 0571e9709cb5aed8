import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes } from '../core/index.ts';
import { canonicalJsonBytes, toBase64url } from '../core/index.ts';
import type { VaultEventKind } from '../vault/index.ts';

export type AuditKind =
  | VaultEventKind
  | 'inbox.dropped'
  | 'attribute.added'
  | 'attribute.changed'
  | 'attribute.deleted'
  | 'credential.received'
  | 'credential.refused'
  | 'credential.deleted'
  | 'proof.allowed'
  | 'proof.denied'
  | 'proof.nothing'
  | 'proof.ended'
  | 'offer.denied'
  | 'offer.ended'
  | 'offer.failed';

export type AuditDecision = 'PERMIT' | 'DENY' | 'ANOMALY' | '';

/** What a caller says about an operation; the log adds the rest. Never a claim's value. */
export interface AuditDraft {
  readonly kind: AuditKind;
  /** The site's or issuer's origin; for `vault.locked` the reason, for `inbox.dropped` how many; else empty. */
  readonly subject?: string;
  /** Names of claims, never values. */
  readonly claims?: readonly string[];
  readonly decision?: AuditDecision;
  /** Ids of the rules that matched. */
  readonly rules?: readonly string[];
  /** base64url salted commitment to what must be provable later. */
  readonly commitment?: string;
  /** Milliseconds since the epoch; default: now. */
  readonly time?: number;
}

/** One entry of the log, in the final format of design §9; hashed and stored as canonical JSON. */
export interface AuditEntry {
  readonly v: 1;
  /** base64url, 16 random bytes: nobody can guess an entry from its hash. */
  readonly salt: string;
  /** base64url SHA-256 of the canonical bytes of the entry before; 32 zero bytes for the first. */
  readonly prev: string;
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly kind: AuditKind;
  readonly subject: string;
  readonly claims: readonly string[];
  readonly decision: AuditDecision;
  readonly rules: readonly string[];
  /** base64url SHA-256 of the canonical JSON of the policy set in force. */
  readonly policy: string;
  readonly commitment?: string;
}

/** SHA-256 of an entry's canonical bytes: what the next entry points back to. */
export const entryHash = (entry: AuditEntry): Bytes => sha256(canonicalJsonBytes(entry));

/** base64url SHA-256 of the canonical JSON of a policy set. */
export const policyHash = (set: unknown): string => toBase64url(sha256(canonicalJsonBytes(set)));

/** The hash of the policy set without a rule. */
export const EMPTY_POLICY_HASH = policyHash({ rules: [], v: 1 });
