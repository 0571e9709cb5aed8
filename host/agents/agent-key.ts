import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import * as v from 'valibot';
import { INSTALLATION } from '../../lib/agents/index.ts';
import { SecretBytes, SignetError, fromBase64url, toBase64url } from '../../lib/core/index.ts';
import { writeWhole } from '../keeping/write-whole.ts';
import { assertOwnFile, assertOwnFolder, makeOwnFolder, statsOf } from '../keeping/own-files.ts';

/** Who a program is to the wallet, and which wallet that is. */
export interface AgentKey {
  /** Ed25519 (RFC 8032), base64url. */
  readonly publicKey: string;
  /** 32 bytes. */
  readonly seed: SecretBytes;
  /** The id of the extension it was paired with, and which profile's. */
  readonly extension: string;
  readonly installation: string;
  /** The socket it was paired through: the first place to look. */
  readonly socket: string;
}

const KeyFile = v.strictObject({
  v: v.literal(1),
  public_key: v.pipe(v.string(), v.length(43)),
  seed: v.pipe(v.string(), v.length(43)),
  extension: v.pipe(v.string(), v.maxLength(64)),
  installation: v.pipe(v.string(), v.regex(INSTALLATION)),
  socket: v.pipe(v.string(), v.check(isAbsolute)),
});

/** What names a key on this machine where nothing else was said. */
export const DEFAULT_AGENT = 'default';

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** @throws SignetError bad_request when it can name no file */
export function keyFile(folder: string, agent: string): string {
  if (NAME.test(agent)) return join(folder, `${agent}.json`);
  throw new SignetError('bad_request', 'An agent is named by up to 40 small letters, digits and dashes.');
}

/** @returns nothing when there is none @throws SignetError when it is damaged or not its owner's alone */
export function readAgentKey(folder: string, agent: string): AgentKey | undefined {
  const file = keyFile(folder, agent);
  if (statsOf(file) === undefined) return undefined;
  assertOwnFolder(folder);
  assertOwnFile(file);
  const result = v.safeParse(KeyFile, parse(file));
  if (!result.success) throw damaged(file);
  const { public_key: publicKey, seed, extension, installation, socket } = result.output;
  return { publicKey, seed: seedOf(seed, file), extension, installation, socket };
}

/** Puts a key where there was none, or in the place of the one before. */
export function writeAgentKey(folder: string, agent: string, key: AgentKey): void {
  makeOwnFolder(folder);
  const { publicKey, seed, extension, installation, socket } = key;
  const text = JSON.stringify({
    v: 1,
    public_key: publicKey,
    seed: toBase64url(seed.expose()),
    extension,
    installation,
    socket,
  });
  writeWhole(keyFile(folder, agent), `${text}\n`, 0o600);
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw damaged(file); // without the cause: its message quotes what is in the file
  }
}

function seedOf(text: string, file: string): SecretBytes {
  try {
    return SecretBytes.take(fromBase64url(text));
  } catch {
    throw damaged(file);
  }
}

const damaged = (file: string): SignetError =>
  new SignetError('storage_failed', `${file} is damaged. \`signet pair\` makes a new one.`);
