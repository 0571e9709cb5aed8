import type { Json, JsonObject } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import { ProofRequest } from '../../proofs/index.ts';
import type { BoundPresentation } from '../../proofs/index.ts';
import type { ProofWaiting } from '../../messaging/contract.ts';
import type { ProofRequest as PageProofRequest } from '../../provider/types.ts';
import { writeDcApiAnswer } from '../../protocols/index.ts';
import type { ReadRequest } from '../../protocols/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import { firstAnswerable, proofFor, shownOf } from './asked-digital.ts';
import { requestInLink } from '../links/link-request.ts';

/** Methods whose calls ask for a proof, whichever way they came. */
const PROOF_METHODS = ['requestProof', 'digitalGet', 'presentLink'] as const satisfies readonly PageRequest['method'][];
type ProofMethod = (typeof PROOF_METHODS)[number];

/** A waiting request, as far as this file needs it. */
export type AskedIn = Pick<PageRequest, 'id' | 'origin' | 'method' | 'params'>;

/**
 * What any request for a proof comes to, whichever way it came: all that follows is the same for all of them. Reads what
 * came anew each time: ask for it where it is needed, and once.
 */
export interface AskedProof {
  readonly proof: ProofRequest;
  /** What goes out, made of the finished presentation; stored before it goes, byte for byte. */
  readonly answer: (bound: BoundPresentation) => Promise<Json>;
  /** What the consent window shows of it beside the plans; known before the vault is open. */
  readonly shown: Pick<ProofWaiting, 'by' | 'from' | 'transactions' | 'encrypted' | 'otherWallet'>;
  /** Of a request by OpenID4VP: who made it has to be found out before anything is shown or answered. */
  readonly read?: ReadRequest;
}

/** Whether it came by a link, which could be from anyone: its origin is who gets the answer, not who asks. */
export const cameByLink = ({ method }: Pick<PageRequest, 'method'>): boolean => method === 'presentLink';

export const asksProof = ({ method }: Pick<PageRequest, 'method'>): boolean =>
  (PROOF_METHODS as readonly string[]).includes(method);

/**
 * The request as stage one of the pipeline, and what becomes of its answer. Opens nothing, asks nobody.
 * @throws SignetError bad_request or unsupported when no vault could answer it
 */
export function askedProof(request: AskedIn): AskedProof {
  switch (proofMethod(request)) {
    case 'requestProof':
      return askedByPage(request);
    case 'digitalGet':
      return askedByDigital(request);
    case 'presentLink':
      return askedByLink(request);
  }
}

function proofMethod({ method }: AskedIn): ProofMethod {
  const known = PROOF_METHODS.find((one) => one === method);
  if (known === undefined) throw new SignetError('internal', 'This request asks for no proof.');
  return known;
}

function askedByPage({ id, origin, params }: AskedIn): AskedProof {
  const page = params as unknown as PageProofRequest; // rebuilt from its schema before it was queued
  return {
    proof: ProofRequest.admit({ requestId: id, origin }, page),
    answer: ({ response }) => Promise.resolve(response as unknown as JsonObject), // strings, numbers and JSON, by its type
    shown: {},
  };
}

function askedByDigital({ id, origin, params }: AskedIn): AskedProof {
  const { call, read, proof } = firstAnswerable({ requestId: id, origin }, params);
  return {
    proof,
    answer: async ({ response: { vp_token: vpToken } }) => {
      if (vpToken === undefined) throw new SignetError('internal', 'There is nothing to present.');
      return { protocol: call.protocol, data: await writeDcApiAnswer(read.params, vpToken) };
    },
    shown: { by: 'digital_credentials', otherWallet: true, ...shownOf(read) },
    read,
  };
}

/** A verifier's request by a link (OpenID4VP 1.0 §5, §8.2): bound to its client id, and answered at its response URI. */
function askedByLink({ id, origin, params }: AskedIn): AskedProof {
  const { read, from } = requestInLink({ params });
  const { clientId = '' } = read.params;
  return {
    proof: proofFor(read, { requestId: id, origin, audience: clientId }),
    answer: ({ response }) => Promise.resolve(response.vp_token as unknown as JsonObject), // by DCQL id, lists of texts
    shown: { by: 'link', ...(from === undefined ? {} : { from }), ...shownOf(read) },
    read,
  };
}
