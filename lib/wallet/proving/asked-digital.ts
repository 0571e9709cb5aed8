import { SignetError, toMajorUnits } from '../../core/index.ts';
import type { Json, JsonObject, Origin } from '../../core/index.ts';
import type { ProofWaiting, TransactionView } from '../../messaging/contract.ts';
import { ProofRequest } from '../../proofs/index.ts';
import type { Binding } from '../../proofs/index.ts';
import { readDcApiRequest } from '../../protocols/index.ts';
import type { DcApiCall, ReadRequest, TransactionData } from '../../protocols/index.ts';
import type { DigitalGet } from '../../provider/digital.ts';

/** One request of a call of the Digital Credentials API, read and found answerable in principle. */
export interface DigitalRequest {
  readonly call: DcApiCall;
  readonly read: ReadRequest;
  readonly proof: ProofRequest;
}

/** Who made a call: a request's id, and the origin as the browser reports it. */
export interface DigitalAsker {
  readonly requestId: string;
  readonly origin: Origin;
}

/**
 * The first request of a call that Signet can answer in principle; what the page prefers stands first.
 * @throws SignetError bad_request or unsupported: what is wrong with the first, where none can be answered
 */
export function firstAnswerable(asker: DigitalAsker, params: Json): DigitalRequest {
  const { requests } = params as unknown as DigitalGet; // rebuilt from its schema
  const problems: SignetError[] = [];
  for (const { protocol, data } of requests) {
    try {
      return readRequest(asker, { protocol, data: data as JsonObject }); // its schema saw a JSON object
    } catch (error) {
      problems.push(SignetError.from(error));
    }
  }
  throw problems[0] ?? new SignetError('bad_request', 'requests must not be empty', { field: 'requests' });
}

/** OpenID4VP 1.0 §A.4: over this API the audience is the origin, whoever signed the request. */
function readRequest(asker: DigitalAsker, call: DcApiCall): DigitalRequest {
  const read = readDcApiRequest(call, asker.origin);
  return { call, read, proof: proofFor(read, { ...asker, audience: `origin:${asker.origin}` }) };
}

/** What a request by OpenID4VP asks for, bound to an audience. @throws SignetError unsupported when no vault could answer */
export function proofFor(
  { params: { query, nonce, transactionData } }: ReadRequest,
  { requestId, origin, audience }: DigitalAsker & Pick<Binding, 'audience'>,
): ProofRequest {
  const page = { dcql_query: query, nonce, purpose: '' };
  const authorised = transactionData.length === 0 ? {} : { transactionData };
  return ProofRequest.admit({ requestId, origin }, page, { audience, nonce, ...authorised });
}

/** What the person sees of a request by OpenID4VP beside the plans. */
export const shownOf = ({
  params: { transactionData, reply },
}: ReadRequest): Pick<ProofWaiting, 'transactions' | 'encrypted'> => ({
  ...(transactionData.length === 0 ? {} : { transactions: transactionData.map(viewTransaction) }),
  encrypted: reply.mode === 'dc_api.jwt' || reply.mode === 'direct_post.jwt',
});

function viewTransaction({ details }: TransactionData): TransactionView {
  switch (details.type) {
    case 'signet.payment': {
      const { amount, currency, payee } = details;
      return { type: 'payment', amount: toMajorUnits(amount, currency), currency, payee };
    }
    case 'signet.text':
      return { type: 'text', text: details.text };
  }
}
