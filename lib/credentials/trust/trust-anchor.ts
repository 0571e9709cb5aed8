import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64url } from '../../core/index.ts';
import type { Certificate } from '../verifying/index.ts';

/** Whom an anchor vouches for: those who sign credentials, or those who ask for them. */
export type VouchesFor = 'issuers' | 'verifiers';

export const VOUCHES_FOR: readonly VouchesFor[] = ['issuers', 'verifiers'];

/** A certificate that the person trusts, by their own hand or by a list they took in. */
export interface TrustAnchor {
  readonly certificate: Certificate;
  /** What the person, or the list, calls it; cleaned for display. */
  readonly name: string;
  readonly vouchesFor: readonly VouchesFor[];
  /** Credential types (`vct`) that it vouches for issuers of; absent: any. */
  readonly types?: readonly string[];
}

/** Names a certificate: base64url SHA-256 of its DER. */
export const certificateId = ({ der }: Pick<Certificate, 'der'>): string => toBase64url(sha256(der));

/** What an anchor is asked to vouch for. */
export interface VouchingQuestion {
  readonly for: VouchesFor;
  /** The `vct` of a credential. Without it, anchors that are for some types alone do not count. */
  readonly type?: string;
}

/** Whether an anchor is one for that. */
export const vouches = (
  { vouchesFor, types }: Pick<TrustAnchor, 'vouchesFor' | 'types'>,
  { for: whom, type }: VouchingQuestion,
): boolean =>
  vouchesFor.includes(whom) &&
  (types === undefined || whom === 'verifiers' || (type !== undefined && types.includes(type)));
