/** What Signet uses of the IETF suite's library, which brings no types. Bytes throughout. */
declare module '@digitalbazaar/bbs-signatures' {
  interface Signed {
    readonly ciphersuite: string;
    readonly publicKey: Uint8Array;
    readonly header: Uint8Array;
  }

  export const CIPHERSUITES: { readonly BLS12381_SHA256: string };

  export function generateKeyPair(options: {
    readonly seed: Uint8Array;
    readonly ciphersuite: string;
  }): Promise<{ readonly secretKey: Uint8Array<ArrayBuffer>; readonly publicKey: Uint8Array<ArrayBuffer> }>;

  export function secretKeyToPublicKey(options: {
    readonly secretKey: Uint8Array;
    readonly ciphersuite: string;
  }): Promise<Uint8Array<ArrayBuffer>>;

  export function sign(
    options: Signed & { readonly secretKey: Uint8Array; readonly messages: readonly Uint8Array[] },
  ): Promise<Uint8Array<ArrayBuffer>>;

  export function verifySignature(
    options: Signed & { readonly signature: Uint8Array; readonly messages: readonly Uint8Array[] },
  ): Promise<boolean>;

  export function deriveProof(
    options: Signed & {
      readonly signature: Uint8Array;
      readonly messages: readonly Uint8Array[];
      readonly presentationHeader: Uint8Array;
      readonly disclosedMessageIndexes: readonly number[];
    },
  ): Promise<Uint8Array<ArrayBuffer>>;

  export function verifyProof(
    options: Signed & {
      readonly proof: Uint8Array;
      readonly presentationHeader: Uint8Array;
      readonly disclosedMessages: readonly Uint8Array[];
      readonly disclosedMessageIndexes: readonly number[];
    },
  ): Promise<boolean>;
}
