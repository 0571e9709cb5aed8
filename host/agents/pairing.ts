import { setTimeout as delay } from 'node:timers/promises';
import { ed25519 } from '@noble/curves/ed25519.js';
import type { PairingSide, WalletFrame } from '../../lib/agents/index.ts';
import { EXTENSION_KEY, extensionIdOf, pairingCommitment, pairingDigits } from '../../lib/agents/index.ts';
import { SecretBytes, SignetError, toBase64url } from '../../lib/core/index.ts';
import type { AgentKey } from './agent-key.ts';
import type { BridgeFolders } from './folders.ts';
import { FrameSocket } from './frame-socket.ts';
import type { ProfileSocket } from './sockets.ts';
import { findSockets } from './sockets.ts';
import { WalletFailure } from './wallet-failure.ts';

const SEED_BYTES = 32;
const NONCE_BYTES = 16;
/** How often it is seen whether the person has opened the pairing by now. */
const LOOK_MS = 1000;
const FRAME_MS = 5000;
/** How long the person may take: to open the pairing, and then to compare. */
const PERSON_MS = 5 * 60_000;

export interface PairingOptions {
  readonly folders: BridgeFolders;
  /** What the program calls itself: the person may name it otherwise. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** That nobody takes a pairing yet: once. */
  waiting(): void;
  /** What the person compares. */
  compare(digits: string): void;
}

export interface Paired {
  readonly key: AgentKey;
  /** What the person called it. */
  readonly name: string;
}

/** A wallet that takes a pairing, and what it has said. */
interface Begun {
  readonly socket: FrameSocket;
  readonly profile: ProfileSocket;
  readonly walletNonce: string;
}

/**
 * Makes a key and has the wallet know it: commitment, nonce, reveal, and the person compares six digits in both places.
 * @throws SignetError denied when they do not take it, timed_out when they do not come
 */
export async function pair(options: PairingOptions): Promise<Paired> {
  const seed = SecretBytes.take(crypto.getRandomValues(new Uint8Array(SEED_BYTES)));
  const publicKey = toBase64url(ed25519.getPublicKey(seed.expose()));
  const agentNonce = toBase64url(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)));
  const side: PairingSide = { publicKey, agentNonce };
  const { socket, profile, walletNonce } = await begin(options, side);
  const end = (): void => socket.close();
  options.signal.addEventListener('abort', end, { once: true });
  try {
    socket.send({ type: 'pair.reveal', agentNonce });
    options.compare(pairingDigits({ ...side, extension: EXTENSION, walletNonce }));
    const { installation, path } = profile;
    const key = { publicKey, seed, extension: EXTENSION, installation, socket: path };
    return { key, name: await outcome(socket) };
  } finally {
    options.signal.removeEventListener('abort', end);
    end();
  }
}

const EXTENSION = extensionIdOf(EXTENSION_KEY);

/** The first wallet whose person has the pairing open. */
async function begin(options: PairingOptions, side: PairingSide): Promise<Begun> {
  const { folders, name, signal } = options;
  const until = performance.now() + PERSON_MS;
  for (let looks = 0; performance.now() < until; looks++) {
    for (const profile of findSockets(folders)) {
      const begun = await beginWith(profile, name, side);
      if (begun !== undefined) return begun;
    }
    if (looks === 0) options.waiting();
    await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw new SignetError('denied', 'Nothing was paired.');
  }
  throw new SignetError('timed_out', 'Nobody opened the pairing in Signet. Nothing was paired.');
}

/** @returns nothing when nobody is there, or the person has no pairing open */
async function beginWith(profile: ProfileSocket, name: string, side: PairingSide): Promise<Begun | undefined> {
  let socket: FrameSocket | undefined;
  try {
    socket = await FrameSocket.open(profile.path);
    const challenge = await socket.next(FRAME_MS);
    if (challenge.type === 'challenge' && challenge.extension === EXTENSION) {
      const { publicKey } = side;
      socket.send({ type: 'pair.begin', publicKey, commitment: pairingCommitment(side), name });
      const answer = await socket.next(FRAME_MS);
      if (answer.type === 'pair.nonce') return { socket, profile, walletNonce: answer.walletNonce };
    }
  } catch (error) {
    if (!(error instanceof WalletFailure)) throw error;
  }
  socket?.close();
  return undefined;
}

async function outcome(socket: FrameSocket): Promise<string> {
  const frame = await answerOf(socket);
  if (frame.type === 'pair.done') return frame.name;
  const why = frame.type === 'failed' ? ` ${frame.error.message}` : '';
  throw new SignetError('denied', `Signet did not take the pairing.${why} Nothing was paired.`);
}

async function answerOf(socket: FrameSocket): Promise<WalletFrame> {
  try {
    return await socket.next(PERSON_MS);
  } catch (cause) {
    throw new SignetError('timed_out', 'The pairing ended without an answer. Nothing was paired.', { cause });
  }
}
