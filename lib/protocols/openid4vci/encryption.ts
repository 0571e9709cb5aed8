/** Content encryption of JWE that Signet makes and reads (RFC 7518 §5.3). */
export type ContentEncryption = 'A128GCM' | 'A256GCM';

/** How requests to an issuer are encrypted (OpenID4VCI 1.0 §10): ECDH-ES on P-256, never compressed. Plain JSON. */
export interface RequestEncryption {
  readonly jwk: {
    readonly kty: 'EC';
    readonly crv: 'P-256';
    readonly x: string;
    readonly y: string;
    readonly kid?: string;
  };
  readonly enc: ContentEncryption;
}
