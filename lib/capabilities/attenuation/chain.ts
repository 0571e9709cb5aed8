import { SignetError } from '../../core/index.ts';
import { paserkOfJwk } from '../paseto/index.ts';
import type { Capability } from '../token/index.ts';
import { capabilityHash, isCapabilitySigned, readCapability } from '../token/index.ts';
import { wideningOf } from './narrower.ts';

/** A capability and what was narrowed from it: the root first, the token that is used last. Not yet believed. */
export interface CapabilityChain {
  readonly levels: readonly [Capability, ...Capability[]];
  readonly root: Capability;
  /** The token that is used: its holder is the one who proves. */
  readonly leaf: Capability;
}

/** Tokens in one chain, the root among them. */
export const MAX_CHAIN_DEPTH = 8;

/** What stands between two tokens of a chain; no token holds it. */
export const CHAIN_SEPARATOR = '~';

const MAX_CHAIN_LENGTH = 96 * 1024;

/**
 * Reads a token, or tokens each narrowed from the one before, without believing them: each child names its parent by
 * hash, was issued by the key its parent is bound to, and allows no more.
 * @param encoded v4.public tokens joined by `~`, the root first; from a stranger
 * @throws SignetError bad_request naming the token and claim: `token[1].spl.max_amount`
 */
export function readChain(encoded: string): CapabilityChain {
  if (encoded.length > MAX_CHAIN_LENGTH) throw refuse('token', `is longer than ${MAX_CHAIN_LENGTH} characters`);
  const [first = '', ...others] = encoded.split(CHAIN_SEPARATOR, MAX_CHAIN_DEPTH + 1);
  if (others.length >= MAX_CHAIN_DEPTH) throw refuse('token', `is narrowed more than ${MAX_CHAIN_DEPTH - 1} times`);
  const root = readCapability(first);
  if (root.claims.parent !== undefined) throw refuse('token.parent', 'names a token that is not there');
  const levels: [Capability, ...Capability[]] = [root];
  let leaf = root;
  for (const [index, text] of others.entries()) {
    const child = readCapability(text, `token[${index + 1}]`);
    assertChild(leaf, child, `token[${index + 1}]`);
    levels.push(child);
    leaf = child;
  }
  return { levels, root, leaf };
}

function assertChild(parent: Capability, child: Capability, field: string): void {
  const holder = parent.claims.cnf?.jwk;
  if (child.claims.parent !== capabilityHash(parent)) throw refuse(`${field}.parent`, 'is not the token before it');
  if (holder === undefined || paserkOfJwk(holder) !== child.claims.iss) {
    throw refuse(`${field}.iss`, 'is not the key that the token before it is bound to');
  }
  const widening = wideningOf(parent.claims, child.claims);
  if (widening !== undefined) throw refuse(`${field}.${widening.field}`, widening.problem);
}

/** Whether each token of a chain was signed by the issuer it names. Who the root's issuer is remains to be asked. */
export async function isChainSigned({ levels }: CapabilityChain): Promise<boolean> {
  for (const level of levels) {
    if (!(await isCapabilitySigned(level))) return false;
  }
  return true;
}

const refuse = (field: string, problem: string): SignetError =>
  new SignetError('bad_request', `${field} ${problem}.`, { field });
