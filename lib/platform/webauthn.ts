import type { Bytes } from '../core/index.ts';
import { SecretBytes, SignetError, fromBase64url, randomBytes, toBase64url } from '../core/index.ts';

/** Bytes that a passkey's PRF gives for one salt. */
const PRF_LENGTH = 32;

/** How long the browser asks the person, in milliseconds. */
const PATIENCE = 120_000;

/** COSE algorithms that every authenticator knows one of: Ed25519, ES256, RS256. Their signatures are not used. */
const ALGORITHMS = [-8, -7, -257];

/** A passkey by its credential id, and the salt its PRF is asked with; both base64url. */
export interface PasskeySalt {
  readonly id: string;
  readonly salt: string;
}

/** What a passkey answered. Dispose the bytes as soon as they are used. */
export interface PasskeyAnswer {
  /** Credential id, base64url. */
  readonly id: string;
  /** PRF output, 32 bytes. */
  readonly prf: SecretBytes;
}

export interface NewPasskey {
  /** 32 bytes each, base64url. */
  readonly userId: string;
  readonly salt: string;
  /** What the system's own list of passkeys calls it. */
  readonly label: string;
  /** Credential ids, base64url, of passkeys that are there already. */
  readonly exclude: readonly string[];
}

/**
 * Asks for one of these passkeys, with the person verified, and for what its PRF gives for its salt (WebAuthn 3,
 * §10.1.4). The relying party is the extension itself.
 * @throws SignetError `denied` when nothing came (cancelled, too late, not on this device), `unsupported` without PRF
 */
export async function askPasskey(passkeys: readonly PasskeySalt[]): Promise<PasskeyAnswer> {
  const credential = await inPlainWords('use', () =>
    navigator.credentials.get({
      publicKey: {
        challenge: randomBytes(32),
        timeout: PATIENCE,
        userVerification: 'required',
        allowCredentials: passkeys.map(({ id }) => ({ type: 'public-key', id: fromBase64url(id) })),
        extensions: {
          prf: { evalByCredential: Object.fromEntries(passkeys.map(({ id, salt }) => [id, evaluation(salt)])) },
        },
      },
    }),
  );
  const prf = prfOf(credential);
  if (prf === undefined) throw withoutPrf();
  return { id: toBase64url(new Uint8Array(credential.rawId)), prf };
}

/**
 * Makes a passkey that can verify the person and has a PRF, and asks it once. Authenticators that evaluate the PRF
 * only when a passkey is used ask the person a second time.
 * @throws SignetError `denied` when nothing came or this device holds one already, `unsupported` without PRF
 */
export async function createPasskey({ userId, salt, label, exclude }: NewPasskey): Promise<PasskeyAnswer> {
  const credential = await inPlainWords('create', () =>
    navigator.credentials.create({
      publicKey: {
        challenge: randomBytes(32),
        timeout: PATIENCE,
        rp: { name: 'Signet' },
        user: { id: fromBase64url(userId), name: label, displayName: label },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
        attestation: 'none',
        excludeCredentials: exclude.map((id) => ({ type: 'public-key', id: fromBase64url(id) })),
        extensions: { prf: { eval: evaluation(salt) } },
      },
    }),
  );
  const id = toBase64url(new Uint8Array(credential.rawId));
  const prf = prfOf(credential);
  if (prf !== undefined) return { id, prf };
  if (credential.getClientExtensionResults().prf?.enabled !== true) throw withoutPrf();
  return askPasskey([{ id, salt }]);
}

const evaluation = (salt: string): AuthenticationExtensionsPRFValues => ({ first: fromBase64url(salt) });

function prfOf(credential: PublicKeyCredential): SecretBytes | undefined {
  const first = credential.getClientExtensionResults().prf?.results?.first;
  if (first === undefined) return undefined;
  const bytes = ownBytes(first);
  if (bytes.length === PRF_LENGTH) return SecretBytes.take(bytes);
  bytes.fill(0);
  return undefined;
}

/** A copy that is ours; where it came from is emptied. */
function ownBytes(source: BufferSource): Bytes {
  const view = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  const bytes = Uint8Array.from(view);
  view.fill(0);
  return bytes;
}

const withoutPrf = (): SignetError =>
  new SignetError(
    'unsupported',
    'This passkey cannot open a vault: it lacks what derives a key from it. Nothing was changed; use another, or the password.',
  );

async function inPlainWords(
  purpose: 'use' | 'create',
  ask: () => Promise<Credential | null>,
): Promise<PublicKeyCredential> {
  try {
    const credential = await ask();
    if (credential instanceof PublicKeyCredential) return credential;
  } catch (cause) {
    throw refusal(purpose, cause);
  }
  throw refusal(purpose, undefined);
}

/** What the names of WebAuthn's errors mean to a person. */
function refusal(purpose: 'use' | 'create', cause: unknown): SignetError {
  const name = cause instanceof DOMException ? cause.name : '';
  if (name === 'InvalidStateError') {
    return new SignetError('denied', 'This device holds a passkey for this vault already. Nothing was changed.', {
      cause,
    });
  }
  if (name === 'NotSupportedError' || name === 'ConstraintError' || name === 'SecurityError') {
    return new SignetError(
      'unsupported',
      'This device cannot use a passkey that checks that it is you. Nothing was changed; the password works as before.',
      { cause },
    );
  }
  const what =
    purpose === 'use'
      ? 'No passkey answered: it was cancelled, took too long, or is not on this device.'
      : 'No passkey was made: it was cancelled or took too long.';
  return new SignetError('denied', `${what} Nothing was changed; the password works as before.`, { cause });
}
