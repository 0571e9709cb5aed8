import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes, SecretBytes } from '../../core/index.ts';
import { concatBytes, equalBytes, fromHex, toBase64, toHex, utf8 } from '../../core/index.ts';
import { malformed, parseBase64 } from './text-form.ts';

const ED25519 = Uint8Array.of(1);
const KEY_ID_LENGTH = 4;
const PUBLIC_KEY_LENGTH = 32;
const SIGNATURE_LENGTH = 64;
const MAX_SIGNATURES = 64;
const KEY_NAME = /^[^\s\p{White_Space}\p{Cc}+]+$/u;

/** The public half of a key that signs notes (C2SP signed-note, "Verifier keys"). */
export interface VerifierKey {
  readonly name: string;
  /** Four bytes: SHA-256(name ‖ newline ‖ 0x01 ‖ public key), cut short. */
  readonly id: Bytes;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Bytes;
}

/** One line under a note, not yet checked. */
export interface NoteSignature {
  readonly name: string;
  readonly id: Bytes;
  readonly signature: Bytes;
}

/** A note taken apart. Ignore its text until a signature of a trusted key is checked. */
export interface Note {
  /** Ends in a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** @throws SignetError bad_request for a name that C2SP does not allow */
export function verifierKeyOf(name: string, publicKey: Bytes): VerifierKey {
  if (!KEY_NAME.test(name) || !name.isWellFormed()) throw malformed('This is no name for a key.');
  if (!ed25519.utils.isValidPublicKey(publicKey, false)) throw malformed('This is no Ed25519 public key.');
  const id = sha256(concatBytes(utf8(`${name}\n`), ED25519, publicKey)).slice(0, KEY_ID_LENGTH);
  return { name, id, publicKey };
}

/** `name+hex(id)+base64(0x01 ‖ public key)`. */
export const formatVerifierKey = ({ name, id, publicKey }: VerifierKey): string =>
  `${name}+${toHex(id)}+${toBase64(concatBytes(ED25519, publicKey))}`;

/** @throws SignetError bad_request for any other type of key, and any other spelling of it */
export function parseVerifierKey(text: string): VerifierKey {
  const [name = '', id = '', ...rest] = text.split('+');
  const material = parseBase64(rest.join('+'), ED25519.length + PUBLIC_KEY_LENGTH);
  if (material[0] !== ED25519[0]) throw malformed('This is no Ed25519 verifier key.');
  const key = verifierKeyOf(name, material.slice(ED25519.length));
  if (!/^[0-9a-f]{8}$/.test(id) || !equalBytes(fromHex(id), key.id)) {
    throw malformed('The verifier key does not have the id it names.');
  }
  return key;
}

/**
 * Signs a text.
 * @param text ends in a newline and has no other control character
 * @param seed of the Ed25519 key, 32 bytes
 */
export function signNote(text: string, key: VerifierKey, seed: SecretBytes): string {
  const signature = ed25519.sign(utf8(text), seed.expose());
  return `${text}\n— ${key.name} ${toBase64(concatBytes(key.id, signature))}\n`;
}

/**
 * Takes a note apart without believing it (C2SP signed-note, "Format").
 * @throws SignetError bad_request when it is not of that form, or one key signs twice
 */
export function parseNote(note: string): Note {
  // Newline is the one control character that a note may have.
  if (!note.isWellFormed() || /(?!\n)\p{Cc}/u.test(note)) throw malformed('A note holds characters it must not.');
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw malformed('A note has a blank line, signatures and a newline at its end.');
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw malformed('A note has too many signatures.');
  const signatures = lines.map(parseSignature);
  const signers = new Set(signatures.map(({ name, id }) => `${name} ${toHex(id)}`));
  if (signers.size !== signatures.length) throw malformed('A note is signed twice by one key.');
  return { text: note.slice(0, end + 1), signatures };
}

function parseSignature(line: string): NoteSignature {
  const [dash, name = '', blob = '', ...rest] = line.split(' ');
  if (dash !== '—' || !KEY_NAME.test(name) || rest.length > 0)
    throw malformed('A note has a malformed signature line.');
  const bytes = parseBase64(blob);
  if (bytes.length <= KEY_ID_LENGTH) throw malformed('A note has a signature that is too short.');
  return { name, id: bytes.slice(0, KEY_ID_LENGTH), signature: bytes.slice(KEY_ID_LENGTH) };
}

/** The signature that a note says is a key's, of the right length and not yet checked. */
export function signatureOf({ signatures }: Note, key: VerifierKey): Bytes | undefined {
  const own = signatures.find(({ name, id }) => name === key.name && equalBytes(id, key.id));
  return own?.signature.length === SIGNATURE_LENGTH ? own.signature : undefined;
}

/** Whether a key signed a note (RFC 8032, strictly). Signatures of other keys are not looked at. */
export function isSignedBy(note: Note, key: VerifierKey): boolean {
  const signature = signatureOf(note, key);
  if (signature === undefined) return false;
  try {
    return ed25519.verify(signature, utf8(note.text), key.publicKey, { zip215: false });
  } catch {
    return false; // not the encoding of a signature at all
  }
}
