import type { Json, Origin } from '../core/index.ts';
import { readOffer } from '../protocols/index.ts';
import { ProofRequest } from '../proofs/index.ts';
import type { ProofRequest as PageProofRequest } from '../provider/types.ts';
import type { QueuedMethod } from '../requests/index.ts';

/** A call that was rebuilt from its method's schema and is not queued yet. */
export interface IncomingCall {
  readonly method: QueuedMethod;
  readonly params: Json;
  readonly origin: Origin;
}

/**
 * Refuses, from the call alone, what no vault could answer: so the refusal says nothing about this one.
 * @throws SignetError bad_request or unsupported, naming the field
 */
export function admitCall({ method, params, origin }: IncomingCall): void {
  switch (method) {
    case 'requestProof':
      ProofRequest.admit({ requestId: '', origin }, params as unknown as PageProofRequest); // rebuilt from its schema
      return;
    case 'offerCredential':
      readOffer(params);
      return;
  }
}
