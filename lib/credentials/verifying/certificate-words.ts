import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes } from '../../core/index.ts';
import { displayText, toHex } from '../../core/index.ts';
import type { Certificate } from './certificate.ts';
import type { Der } from './der.ts';
import { DerTag, derContent, derElements, readDer } from './der.ts';

/** What people know somebody by, in the order in which it is said; by the hex of the attribute's OID (RFC 5280 §4.1.2.4). */
const SAID = ['550403' /* CN */, '55040b' /* OU */, '55040a' /* O */, '550407' /* L */, '550406' /* C */] as const;

const MAX_NAME = 160;
const STRINGS: ReadonlySet<number> = new Set([0x0c /* UTF8 */, 0x13 /* printable */, 0x16 /* IA5 */, 0x14 /* T61 */]);
const BMP_STRING = 0x1e;

/**
 * A subject or issuer of a certificate in words: "Example Root, Example Inc., US", cleaned for display. Empty where it
 * says nothing that people read.
 * @param name DER of an X.501 name
 */
export function distinguishedName(name: Bytes): string {
  const attributes = readAttributes(name);
  const said = SAID.flatMap((type) => attributes.filter((one) => one.type === type).map(({ text }) => text));
  return displayText(said.filter((text) => text !== '').join(', '), MAX_NAME);
}

function readAttributes(name: Bytes): readonly { readonly type: string; readonly text: string }[] {
  try {
    const sets = derElements(readDer(name), DerTag.sequence);
    return sets.flatMap((set) => derElements(set, SET)).map(readAttribute);
  } catch {
    return []; // a name that cannot be read says nothing
  }
}

const SET = 0x31;

function readAttribute(attribute: Der) {
  const [type, value] = derElements(attribute, DerTag.sequence);
  return { type: toHex(derContent(type, DerTag.oid)), text: value === undefined ? '' : textOf(value) };
}

function textOf({ tag, content }: Der): string {
  if (tag === BMP_STRING) return new TextDecoder('utf-16be').decode(content);
  return STRINGS.has(tag) ? new TextDecoder().decode(content) : '';
}

/** SHA-256 of a certificate as people compare it: hexadecimal in capitals, a colon between the bytes. */
export const fingerprintOf = ({ der }: Pick<Certificate, 'der'>): string =>
  (toHex(sha256(der)).toUpperCase().match(/../g) ?? []).join(':');
