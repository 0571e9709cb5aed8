import type { Bytes } from '../../core/index.ts';
import { SecretBytes, SignetError, randomBytes, toBase64 } from '../../core/index.ts';
import { lockedError } from '../damage.ts';
import type { VaultKeeperOptions } from './keeper-options.ts';
import type { VaultKeys } from '../keys/key-tree.ts';
import { SESSION_BLOB_KEY, SESSION_SECRET_KEY } from '../places.ts';
import { openSession, readSessionSecret, sealSession } from '../keys/session.ts';
import type { SideWrite } from '../blind-db/vault-tx.ts';

/**
 * Where the two halves of a session lie: the secret in storage.session, which ends with the browser, and the blob in
 * the database. Either alone opens nothing (design §4).
 */
export class SessionHalves {
  readonly #options: Pick<VaultKeeperOptions, 'backend' | 'session'>;

  constructor(options: Pick<VaultKeeperOptions, 'backend' | 'session'>) {
    this.#options = options;
  }

  /** Whether there is a secret, and so perhaps a session. */
  async stand(): Promise<boolean> {
    return (await this.#options.session.get(SESSION_SECRET_KEY)) !== undefined;
  }

  /** Begins a session with a new secret. @returns what puts back the one before */
  async renew(): Promise<() => Promise<void>> {
    const { session } = this.#options;
    const before = await session.get(SESSION_SECRET_KEY);
    using secret = SecretBytes.take(randomBytes(32));
    await session.set(SESSION_SECRET_KEY, toBase64(secret.expose()));
    return () => (before === undefined ? session.remove(SESSION_SECRET_KEY) : session.set(SESSION_SECRET_KEY, before));
  }

  /** The blob that brings these keys back in the session that runs. @param digest of the header. @throws SignetError locked */
  async blobOf(keys: VaultKeys, digest: Bytes): Promise<SideWrite & { readonly value: Bytes }> {
    using secret = await this.#secret();
    if (secret === undefined) throw lockedError();
    return { store: 'meta', key: SESSION_BLOB_KEY, value: sealSession(secret, digest, keys) };
  }

  /** The keys of the session, or undefined when there is none, or it is another header's. */
  async open(digest: Bytes): Promise<VaultKeys | undefined> {
    using secret = await this.#secret();
    const blob = secret === undefined ? undefined : await this.#options.backend.get('meta', SESSION_BLOB_KEY);
    return secret === undefined || blob === undefined ? undefined : openSession(secret, digest, blob);
  }

  /** Takes the secret and the blob away; one that goes is enough. @throws SignetError storage_failed when neither does */
  async end(): Promise<void> {
    const { backend, session } = this.#options;
    const halves = await Promise.allSettled([
      session.remove(SESSION_SECRET_KEY),
      backend.batch([{ store: 'meta', key: SESSION_BLOB_KEY, value: undefined }], []),
    ]);
    const failures = halves.filter((half) => half.status === 'rejected').map((half): unknown => half.reason);
    if (failures.length < halves.length) return;
    throw new SignetError('storage_failed', 'Signet could not lock: the browser’s storage does not answer.', {
      cause: failures[0],
    });
  }

  /** Takes the secret away: that of a vault that is gone, or of none. */
  async drop(): Promise<void> {
    await this.#options.session.remove(SESSION_SECRET_KEY);
  }

  async #secret(): Promise<SecretBytes | undefined> {
    return readSessionSecret(await this.#options.session.get(SESSION_SECRET_KEY));
  }
}
