import { equalBytes } from '../../core/index.ts';
import type { VerifierKey } from './signed-note.ts';
import { malformed } from './text-form.ts';

/** What a verifier brings along, from elsewhere than the file. */
export interface Known {
  /** The key the log must be signed by; without it, the key in the file is taken at its word. */
  readonly key?: VerifierKey | undefined;
  /** Text of a checkpoint that was taken of the log earlier. */
  readonly against?: string | undefined;
}

/** @throws SignetError bad_request when a log is signed by another key than the one that was expected */
export function assertKnown(key: VerifierKey, known: VerifierKey | undefined): void {
  if (known === undefined || (known.name === key.name && equalBytes(known.publicKey, key.publicKey))) return;
  throw malformed('It is signed by another key than the one given.');
}
