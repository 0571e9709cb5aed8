import type { AskTerms, Call, Members, Question, Stand } from '../foreign-verifier.ts';
import { lied, must } from '../foreign-verifier.ts';
import type { Client } from './client.ts';
import { clientFor } from './client.ts';
import { createAnswerKey, encode, signed } from './jose.ts';
import type { Parameters } from './request.ts';
import { headerFor, parametersOf, requestObject, signingKey } from './request.ts';
import { opener, readToken } from './response.ts';

/** OpenID4VP 1.0, appendix A. */
export async function askThroughBrowser(stand: Stand, terms: AskTerms): Promise<Question> {
  const key = await createAnswerKey();
  const parameters = parametersOf(stand, terms, 'dc_api', key);
  const call = await callOf(stand, terms, parameters);
  const session = { stand, terms, parameters, audience: `origin:${stand.origin}` };
  return {
    call,
    nonce: parameters.nonce,
    async verify({ protocol, data }) {
      must(protocol === call.protocol, 'an answer to another protocol');
      return readToken(session, await opener(terms, key)(data as Members)); // an object by its type
    },
  };
}

/** A.3: the three ways to ask. */
async function callOf(stand: Stand, terms: AskTerms, parameters: Parameters): Promise<Call> {
  const { identity = 'nobody', verifierInfo } = terms;
  const info: Members = verifierInfo === undefined ? {} : { verifier_info: verifierInfo };
  if (identity === 'nobody') {
    return { protocol: 'openid4vp-v1-unsigned', data: lied({ ...parameters, ...info }, terms.payload) };
  }
  const expected = { ...parameters, expected_origins: [stand.origin] };
  if (identity !== 'both') {
    const client = await clientFor(identity, stand, terms);
    const request = await requestObject({ ...expected, ...info }, client, stand, terms);
    return { protocol: 'openid4vp-v1-signed', data: { request } };
  }
  const clients = [await clientFor('x509_hash', stand, terms), await clientFor('x509_san_dns', stand, terms)];
  const payload = encode(JSON.stringify(lied(expected, terms.payload)));
  const signatures = await Promise.all(clients.map((client) => oneOfMany(client, info, payload, stand, terms)));
  return { protocol: 'openid4vp-v1-multisigned', data: { request: { payload, signatures } } };
}

/** A.3.2.2: whatever belongs to one client alone is in the header of its signature. */
const oneOfMany = (client: Client, info: Members, payload: string, stand: Stand, terms: AskTerms) =>
  signed(headerFor(client, { client_id: client.id, ...info }, terms), payload, signingKey(stand, terms));
