import { GeneralSign } from 'jose';
import type { AskTerms, Call, Members, Question, Stand } from '../foreign-verifier.ts';
import { lied, must } from '../foreign-verifier.ts';
import type { Client } from './client.ts';
import { clientFor } from './client.ts';
import type { Asking } from './library.ts';
import { created, startAsking } from './library.ts';
import { readAnswer } from './reading.ts';

/** OpenID4VP 1.0, appendix A. */
export async function askThroughBrowser(stand: Stand, terms: AskTerms): Promise<Question> {
  const clients = await clientsOf(stand, terms);
  const asking = await startAsking(stand, terms, { mode: 'dc_api' }, clients[0]);
  const call = await callOf(asking, clients);
  return {
    call,
    nonce: asking.parameters.nonce,
    verify: async (answer) => {
      must(answer.protocol === call.protocol, 'an answer to another protocol');
      return readAnswer(asking, answer.data as Members, `origin:${stand.origin}`); // the library looks
    },
  };
}

async function clientsOf(stand: Stand, terms: AskTerms): Promise<readonly Client[]> {
  const { identity = 'nobody' } = terms;
  if (identity === 'nobody') return [];
  const identities = identity === 'both' ? (['x509_hash', 'x509_san_dns'] as const) : [identity];
  return Promise.all(identities.map((one) => clientFor(one, stand, terms)));
}

async function callOf(asking: Asking, clients: readonly Client[]): Promise<Call> {
  const [client, ...others] = clients;
  if (client === undefined) {
    return { protocol: 'openid4vp-v1-unsigned', data: lied(await created(asking), asking.terms.payload) };
  }
  const expected = { expected_origins: [asking.stand.origin] };
  if (others.length > 0) {
    return { protocol: 'openid4vp-v1-multisigned', data: { request: await signedByAll(asking, clients, expected) } };
  }
  const { request } = await created(asking, { ...expected, client_id: client.id }, client);
  return { protocol: 'openid4vp-v1-signed', data: { request } };
}

/** The library writes no multisigned requests: it looks at the parameters, and `jose` signs them. */
async function signedByAll({ stand, terms, ...asking }: Asking, clients: readonly Client[], expected: object) {
  const { verifier_info, ...payload } = await created({ stand, terms, ...asking }, expected);
  const request = new GeneralSign(Buffer.from(JSON.stringify(lied(payload, terms.payload))));
  for (const { id, signer, header } of clients) {
    must(signer.method === 'x5c', 'several can sign by their certificates alone');
    const honest = {
      ...{ alg: signer.alg, typ: 'oauth-authz-req+jwt', x5c: signer.x5c, client_id: id, ...header },
      ...(verifier_info !== undefined && { verifier_info }), // A.3.2.2: only there
    };
    request
      .addSignature(terms.forger ?? stand.certificate.key, { crit: { 'x-unheard-of': true } })
      .setProtectedHeader(lied(honest, terms.header));
  }
  return request.sign();
}
