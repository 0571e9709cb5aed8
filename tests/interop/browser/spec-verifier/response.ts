import { isDeepStrictEqual } from 'node:util';
import type { Accepted, AskTerms, Members, Shown, Stand } from '../foreign-verifier.ts';
import { ALWAYS_SHOWN, KEY_BINDING_SECONDS, must } from '../foreign-verifier.ts';
import { authorityKeyIds } from './authority-key-id.ts';
import type { Answer } from './dcql.ts';
import { expectAnswered } from './dcql.ts';
import type { AnswerKey } from './jose.ts';
import { decode, object, opened, readSigned, sha256 } from './jose.ts';
import type { Parameters } from './request.ts';
import { unhidden, withoutGaps } from './sd-jwt.ts';

export interface Session {
  readonly stand: Stand;
  readonly terms: AskTerms;
  readonly parameters: Parameters;
  /** Whom the key binding must be for. */
  readonly audience: string;
}

/** Takes response parameters out of what holds them (§8.3), where they are to be encrypted. */
export const opener =
  ({ enc }: AskTerms, key: AnswerKey) =>
  async (data: Members): Promise<Members> => {
    if (enc === undefined) return data;
    must(isDeepStrictEqual(Object.keys(data), ['response']), 'more than a response');
    return opened(data['response'], enc, key);
  };

/** §8.1 and §8.6. @throws Error with the reason, where the answer is not accepted */
export async function readToken(session: Session, answer: Members): Promise<Accepted> {
  must(isDeepStrictEqual(Object.keys(answer), ['vp_token']), `more than a vp_token: ${Object.keys(answer).join()}`);
  const token = answer['vp_token'];
  must(typeof token === 'object' && token !== null, 'the vp_token is no object');
  const read: Record<string, Read[]> = {};
  for (const [id, presentations] of Object.entries(token)) {
    must(Array.isArray(presentations), 'not an array of presentations');
    read[id] = await Promise.all((presentations as unknown[]).map((one) => readPresentation(session, one)));
  }
  expectAnswered(session.parameters.dcql_query, read);
  const shown = Object.entries(read).map(([id, all]) => [id, all.map(shownIn)] as const);
  return { shown: Object.fromEntries(shown), agreed: await agreedTo(read, session.parameters.transaction_data ?? []) };
}

/** A presentation, its signatures verified. */
interface Read extends Answer {
  readonly presentation: string;
  readonly holder: JsonWebKey;
  /** Payload of the key binding; empty where there is none. */
  readonly binding: Members;
}

/** RFC 9901 §7.3 and OpenID4VP 1.0, B.3. */
async function readPresentation(session: Session, presentation: unknown): Promise<Read> {
  must(typeof presentation === 'string', 'not an SD-JWT');
  const parts = presentation.split('~');
  const [issuerJwt = '', ...disclosures] = parts.slice(0, -1);
  const bindingJwt = parts.at(-1) ?? '';

  const { header, payload } = await readIssued(issuerJwt, session.stand);
  const { claims, places } = await unhidden(payload, disclosures);
  const now = Math.floor(Date.now() / 1000);
  must(claims['exp'] === undefined || Number(claims['exp']) > now, 'expired');
  must(claims['nbf'] === undefined || Number(claims['nbf']) <= now, 'not yet valid');
  const { jwk: holder = {} } = (claims['cnf'] ?? {}) as { readonly jwk?: JsonWebKey }; // what the issuer signed
  const isBound = bindingJwt !== '';
  const binding = isBound ? await readBinding(session, bindingJwt, presentation, holder) : {};
  return { ...{ presentation, claims, places, isBound, holder, binding }, authorities: authorityKeyIds(header) };
}

async function readIssued(jwt: string, { believed }: Stand) {
  const { iss } = object(decode(jwt.split('.')[1] ?? '').toString());
  const issued = await readSigned(jwt, believed.find(({ issuer }) => issuer === iss)?.keys ?? []);
  must(issued.header['typ'] === 'dc+sd-jwt', 'not an SD-JWT VC');
  return issued;
}

async function readBinding(session: Session, jwt: string, presentation: string, holder: JsonWebKey): Promise<Members> {
  const { header, payload } = await readSigned(jwt, [holder]);
  must(header['typ'] === 'kb+jwt', 'not a key binding');
  const { aud, nonce, iat, sd_hash: sdHash } = payload;
  must(sdHash === (await sha256(presentation.slice(0, presentation.lastIndexOf('~') + 1))), 'bound to something else');
  must(aud === session.audience, `another audience: ${String(aud)}`);
  must(nonce === session.parameters.nonce, 'another nonce');
  const now = Math.floor(Date.now() / 1000);
  must(typeof iat === 'number' && Math.abs(now - iat) < KEY_BINDING_SECONDS, 'an old key binding');
  return payload;
}

/** B.3.3.1: the digest of each, as it stood in the request, under the hash that both know, by one of the holders. */
async function agreedTo(read: Readonly<Record<string, readonly Read[]>>, asked: readonly string[]) {
  const hashes = await Promise.all(asked.map(sha256));
  const bindings = Object.values(read).flatMap((all) => all.map(({ binding }) => binding));
  const signing = bindings.filter((binding) => binding['transaction_data_hashes'] !== undefined);
  must(signing.length === (asked.length === 0 ? 0 : 1), 'agreed to by another number than one');
  for (const binding of signing) {
    must((binding['transaction_data_hashes_alg'] ?? 'sha-256') === 'sha-256', 'another hash');
    must(isDeepStrictEqual(binding['transaction_data_hashes'], hashes), 'agrees to something else');
  }
  return asked;
}

function shownIn({ presentation, claims, isBound, holder }: Read): Shown {
  const told = Object.entries(claims).filter(([name]) => !ALWAYS_SHOWN.has(name));
  return {
    disclosed: Object.fromEntries(told.map(([name, value]) => [name, withoutGaps(value)])),
    ...(isBound && { holder: holder.x ?? '' }),
    presentation,
  };
}
