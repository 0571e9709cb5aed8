import { canonicalJsonBytes } from '../core/index.ts';
import type { Bytes, Json } from '../core/index.ts';

/** What the bytes are for: what is signed or hashed for one purpose is never good for another. */
type Purpose = 'signet-agent-connection-v1' | 'signet-pairing-commitment-v1' | 'signet-pairing-digits-v1';

/** The canonical JSON (RFC 8785) of a purpose and what is stated, as the bytes that are signed or hashed. */
export const statement = (purpose: Purpose, facts: Readonly<Record<string, Json>>): Bytes =>
  canonicalJsonBytes({ purpose, ...facts });
