/** How an answer is to be encrypted: always ECDH-ES to a P-256 key (RFC 7518 §4.6). Plain JSON. */
export interface Encryption {
  /** The verifier's public key, checked to be a point of the curve. */
  readonly key: { readonly x: string; readonly y: string; readonly kid?: string };
  readonly enc: ContentEncryption;
}

/** Content encryption algorithms that Signet writes (RFC 7518 §5.3). */
export type ContentEncryption = 'A128GCM' | 'A256GCM';
