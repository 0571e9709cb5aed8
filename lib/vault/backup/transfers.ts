import type { Bytes } from '../../core/index.ts';
import { SignetError, concatBytes } from '../../core/index.ts';
import { MAX_BACKUP_LENGTH } from './backup-file.ts';
import type { BackupManifest } from './manifest.ts';

/** Bytes of a file that go in one message; the last piece is what is left. */
export const PIECE_LENGTH = 1024 * 1024;

/** How long a file waits in the worker's memory for the next piece of it, in milliseconds. */
export const TRANSFER_LIFETIME = 10 * 60_000;

interface Outgoing {
  readonly id: string;
  readonly file: Bytes;
  readonly manifest: BackupManifest;
  touchedAt: number;
}

interface Incoming {
  readonly id: string;
  readonly length: number;
  readonly pieces: Bytes[];
  touchedAt: number;
}

const interrupted = (): SignetError =>
  new SignetError('not_found', 'This was interrupted. Please start again: nothing was changed.', { field: 'id' });

const countOf = (length: number): number => Math.ceil(length / PIECE_LENGTH);

/**
 * Backup files on their way between a page of ours and the worker, in its memory alone: one out and one in at a time.
 * Both are sealed under their passphrase. A worker that dies, a new transfer, or ten idle minutes end one.
 */
export class Transfers {
  #outgoing: Outgoing | undefined;
  #incoming: Incoming | undefined;

  /** Keeps a file until it was fetched. @param now milliseconds since the epoch @returns its id and number of pieces */
  offer(file: Bytes, manifest: BackupManifest, now: number): { readonly id: string; readonly pieces: number } {
    const id = crypto.randomUUID();
    this.#outgoing = { id, file, manifest, touchedAt: now };
    return { id, pieces: countOf(file.length) };
  }

  /** @param index from 0 @throws SignetError `not_found` when the transfer has ended, `bad_request` for another index */
  fetch(id: string, index: number, now: number): Bytes {
    const { file } = this.#outgoingOf(id, now);
    if (index >= countOf(file.length))
      throw new SignetError('bad_request', 'There is no such piece.', { field: 'index' });
    return file.slice(index * PIECE_LENGTH, (index + 1) * PIECE_LENGTH);
  }

  /** What the file that was offered says of itself. @throws SignetError not_found when the transfer has ended */
  offered(id: string, now: number): BackupManifest {
    return this.#outgoingOf(id, now).manifest;
  }

  /** Announces a file. @param length bytes in all @throws SignetError bad_request, field `bytes` */
  begin(length: number, now: number): string {
    if (!Number.isSafeInteger(length) || length <= 0 || length > MAX_BACKUP_LENGTH) {
      throw new SignetError('bad_request', 'This is no backup: it is empty, or larger than 256 MB.', {
        field: 'bytes',
      });
    }
    const id = crypto.randomUUID();
    this.#incoming = { id, length, pieces: [], touchedAt: now };
    return id;
  }

  /**
   * Takes the next piece: each is `PIECE_LENGTH` bytes, the last what is left.
   * @throws SignetError `not_found` when the transfer has ended, `bad_request` for a piece out of turn or of another length
   */
  put(id: string, index: number, piece: Bytes, now: number): void {
    const incoming = this.#incomingOf(id, now);
    if (index !== incoming.pieces.length || index >= countOf(incoming.length)) {
      throw new SignetError('bad_request', 'This piece of the file is not the next one.', { field: 'index' });
    }
    if (piece.length !== Math.min(PIECE_LENGTH, incoming.length - index * PIECE_LENGTH)) {
      throw new SignetError('bad_request', 'This piece of the file has another length than it must.', {
        field: 'data',
      });
    }
    incoming.pieces.push(piece);
  }

  /** The whole file. @throws SignetError `not_found` when the transfer has ended, `bad_request` when pieces are missing */
  received(id: string, now: number): Bytes {
    const incoming = this.#incomingOf(id, now);
    if (incoming.pieces.length !== countOf(incoming.length)) {
      throw new SignetError('bad_request', 'The file has not arrived as a whole.', { field: 'id' });
    }
    const file = concatBytes(...incoming.pieces);
    incoming.pieces.splice(0, incoming.pieces.length, ...cut(file)); // one copy in memory, not two
    return file;
  }

  /** Forgets the file that was offered: it was fetched and saved, or the vault was locked. */
  forgetOffered(): void {
    this.#outgoing = undefined;
  }

  /** Forgets both directions: the restore is done. */
  forget(): void {
    this.#outgoing = undefined;
    this.#incoming = undefined;
  }

  #outgoingOf(id: string, now: number): Outgoing {
    if (isOver(this.#outgoing, now)) this.#outgoing = undefined;
    if (this.#outgoing?.id !== id) throw interrupted();
    this.#outgoing.touchedAt = now;
    return this.#outgoing;
  }

  #incomingOf(id: string, now: number): Incoming {
    if (isOver(this.#incoming, now)) this.#incoming = undefined;
    if (this.#incoming?.id !== id) throw interrupted();
    this.#incoming.touchedAt = now;
    return this.#incoming;
  }
}

const isOver = (transfer: { readonly touchedAt: number } | undefined, now: number): boolean =>
  transfer !== undefined && Math.abs(now - transfer.touchedAt) >= TRANSFER_LIFETIME;

const cut = (file: Bytes): Bytes[] =>
  Array.from({ length: countOf(file.length) }, (_, i) => file.subarray(i * PIECE_LENGTH, (i + 1) * PIECE_LENGTH));
