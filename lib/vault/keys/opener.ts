import type { SecretBytes } from '../../core/index.ts';

/**
 * What shows that the person is there (design §4): the password, or what one of the vault's passkeys answered to the
 * salt that stands beside its id.
 */
export type Opener = PasswordOpener | PasskeyOpener;

export interface PasswordOpener {
  readonly kind: 'password';
  readonly password: string;
}

export interface PasskeyOpener {
  readonly kind: 'passkey';
  /** WebAuthn credential id, base64url. */
  readonly id: string;
  /** Output of WebAuthn's PRF extension, 32 bytes. Borrowed: the caller disposes of it. */
  readonly prf: SecretBytes;
}
