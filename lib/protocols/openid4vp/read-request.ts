import type { RequestParams } from './request-params.ts';
import type { SignedBy } from './signed-object.ts';
import type { Times } from './times.ts';

/** A request as it came, read and bounded; no signature in it is verified yet. Plain JSON: it may wait. */
export interface ReadRequest {
  readonly transport: 'dc_api' | 'link';
  readonly params: RequestParams;
  /** Who says that they ask: of several, one that verifies is enough. Empty: the request is unsigned. */
  readonly signatures: readonly SignedBy[];
  /** The origins that a signed request over the DC API is for, as it spells them (OpenID4VP 1.0 §A.2). */
  readonly expectedOrigins?: readonly string[];
  /** Of a signed request. */
  readonly times?: Times;
  /** Whether it came by a link of this machine, and so its answer may go to this machine. */
  readonly loopback?: true;
}
