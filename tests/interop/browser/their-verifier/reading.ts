import { AsnConvert } from '@peculiar/asn1-schema';
import { AuthorityKeyIdentifier, Certificate, id_ce_authorityKeyIdentifier } from '@peculiar/asn1-x509';
import { decodeJwt } from '@sd-jwt/decode';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { DcqlPresentationResult, DcqlQuery } from 'dcql';
import { compactVerify, importJWK } from 'jose';
import type { Accepted, ClaimQuery, CredentialQuery, Members, Shown, Stand } from '../foreign-verifier.ts';
import { ALWAYS_SHOWN, KEY_BINDING_SECONDS, must, queryFor } from '../foreign-verifier.ts';
import { hasher } from './hasher.ts';
import type { Asking } from './library.ts';

/**
 * Reads an answer, and verifies all that it shows.
 * @param audience whom a key binding must be for
 * @throws Error with the reason, where it is not accepted
 */
export async function readAnswer(asking: Asking, answer: Members, audience: string): Promise<Accepted> {
  const { stand, terms, library, parameters, callbacks } = asking;
  const parsed = await library.parseOpenid4vpAuthorizationResponse({
    authorizationResponse: answer,
    authorizationRequestPayload: parameters as never, // DCQL is `any` to the library, lists are tuples
    origin: stand.origin,
    callbacks,
  });
  must(parsed.type === 'dcql', 'not an answer to a DCQL query');
  must(parsed.expectedNonce === parameters.nonce, 'the library forgot the nonce');
  if (terms.enc !== undefined) must(parsed.jarm !== undefined, 'not encrypted');

  const opened: Record<string, Opened[]> = {};
  for (const [id, presentations] of Object.entries(parsed.dcql.presentations)) {
    const query = queryFor(stand, terms).credentials.find((one) => one.id === id);
    must(query !== undefined, `an answer to ${id}, which is no question`);
    opened[id] = await Promise.all(presentations.map((one) => open(asking, one, query, audience)));
  }
  expectAnswered(asking, opened);
  return { shown: mapped(opened, shownIn), agreed: await agreed(asking, opened) };
}

/** A presentation whose signatures are right. */
interface Opened {
  readonly presentation: string;
  /** What it says with all that is disclosed in place. */
  readonly claims: Members;
  /** Where the disclosures stand, dotted. */
  readonly places: readonly string[];
  readonly authorities: readonly string[];
  /** Payload of the key binding. */
  readonly binding: Members | undefined;
}

async function open(asking: Asking, given: unknown, query: CredentialQuery, audience: string): Promise<Opened> {
  must(typeof given === 'string', 'not an SD-JWT');
  const isBound = !given.endsWith('~');
  must(isBound || query.require_cryptographic_holder_binding === false, 'no key binding');
  const now = Math.floor(Date.now() / 1000);
  const sdJwt = new SDJwtVcInstance({
    hasher,
    verifier: (data, signature) => isSignedByOne(keysOf(asking.stand, data), data, signature),
    kbVerifier: (data, signature, { cnf }) => isSignedByOne([(cnf as { jwk: JsonWebKey }).jwk], data, signature), // signed by the issuer
  });
  const { payload, kb, header } = await sdJwt.verify(given, {
    currentDate: now,
    ...(isBound && { keyBindingNonce: asking.parameters.nonce }),
  });
  const binding = kb?.payload as Members | undefined; // JSON, whatever its types say
  must(!isBound || binding !== undefined, 'the key binding was not looked at');
  if (binding !== undefined) {
    must(binding['aud'] === audience, `another audience: ${String(binding['aud'])}`);
    must(Math.abs(now - Number(binding['iat'])) < KEY_BINDING_SECONDS, 'an old key binding');
  }
  const claims = payload as Members; // as above
  const places = await sdJwt.presentableKeys(given);
  return { presentation: given, claims, places, authorities: authoritiesIn(header), binding };
}

/** The keys of whom a credential names as its issuer. */
function keysOf({ believed }: Stand, signed: string): readonly JsonWebKey[] {
  const { iss } = decodeJwt(`${signed}.`).payload as Members; // JSON
  return believed.find(({ issuer }) => issuer === iss)?.keys ?? [];
}

async function isSignedByOne(keys: readonly JsonWebKey[], data: string, signature: string): Promise<boolean> {
  for (const jwk of keys) {
    const key = await importJWK(jwk, 'ES256');
    const isBy = await compactVerify(`${data}.${signature}`, key).then(
      () => true,
      () => false,
    );
    if (isBy) return true;
  }
  return false;
}

/** The AuthorityKeyIdentifiers of the certificates that came along, as DCQL names them (§6.1.1.1). */
function authoritiesIn(header: Members | undefined): readonly string[] {
  const chain = (header?.['x5c'] ?? []) as readonly string[]; // RFC 7515 §4.1.6
  return chain.flatMap((der) => {
    const { extensions } = AsnConvert.parse(Buffer.from(der, 'base64'), Certificate).tbsCertificate;
    const found = extensions?.find(({ extnID }) => extnID === id_ce_authorityKeyIdentifier);
    if (found === undefined) return [];
    const { keyIdentifier } = AsnConvert.parse(found.extnValue.buffer, AuthorityKeyIdentifier);
    return keyIdentifier === undefined ? [] : [Buffer.from(keyIdentifier.buffer).toString('base64url')];
  });
}

/** Has `dcql` compare, and looks at what it takes no notice of: whatever goes beyond the question. */
function expectAnswered({ parameters }: Asking, opened: Readonly<Record<string, readonly Opened[]>>): void {
  const query = DcqlQuery.parse(parameters.dcql_query as unknown as DcqlQuery.Input); // its lists are tuples
  const presented = mapped(opened, ({ claims, authorities, binding }) => ({
    ...{ credential_format: 'dc+sd-jwt', vct: claims['vct'], claims },
    cryptographic_holder_binding: binding !== undefined,
    ...(authorities.length > 0 && { authority: { type: 'aki', values: authorities } }),
  }));
  const result = DcqlPresentationResult.fromDcqlPresentation(presented as never, { dcqlQuery: query }); // as above
  must(result.can_be_satisfied, 'the query is not answered');

  const wanted = new Set(
    (result.credential_sets ?? []).flatMap(({ matching_options = [] }) => matching_options.flat()),
  );
  for (const [id, { valid_credentials: matches = [] }] of Object.entries(result.credential_matches)) {
    must(result.credential_sets === undefined || wanted.has(id), `${id} is not wanted`);
    const asked = parameters.dcql_query.credentials.find((one) => one.id === id)?.claims ?? [];
    for (const { input_credential_index: at, claims } of matches) {
      const isMinimal = claims.valid_claim_sets.some(({ valid_claim_indexes = [] }) =>
        isWithin(opened[id]?.[at]?.places ?? [], asked, valid_claim_indexes),
      );
      must(isMinimal, 'more is disclosed than was asked for');
    }
  }
}

/** Whether each disclosure lies on the way to a claim that was asked for, or within one. */
const isWithin = (places: readonly string[], asked: readonly ClaimQuery[], indexes: readonly number[]): boolean =>
  places.every((place) =>
    indexes.some((index) => {
      const steps = place.split('.');
      const path = asked[index]?.path ?? [];
      return steps.slice(0, path.length).every((step, i) => path[i] === null || String(path[i]) === step);
    }),
  );

async function agreed({ library, parameters }: Asking, opened: Readonly<Record<string, readonly Opened[]>>) {
  const transactionData = parameters.transaction_data ?? [];
  if (transactionData.length === 0) return [];
  const credentials = mapped(opened, ({ binding }) => binding ?? {});
  await library.verifyTransactionData({ transactionData, credentials: credentials as never }); // its lists are tuples
  return transactionData;
}

function shownIn({ presentation, claims, binding }: Opened): Shown {
  const { jwk } = (claims['cnf'] ?? {}) as { readonly jwk?: JsonWebKey }; // what the issuer signed
  return {
    disclosed: Object.fromEntries(Object.entries(claims).filter(([name]) => !ALWAYS_SHOWN.has(name))),
    ...(binding !== undefined && { holder: jwk?.x ?? '' }),
    presentation,
  };
}

const mapped = <A, B>(table: Readonly<Record<string, readonly A[]>>, map: (one: A) => B): Record<string, B[]> =>
  Object.fromEntries(Object.entries(table).map(([id, all]) => [id, all.map(map)]));
