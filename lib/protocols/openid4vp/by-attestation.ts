import * as v from 'valibot';
import type { Json } from '../../core/index.ts';
import { assertField, displayText, SignetError } from '../../core/index.ts';
import type { Certificate, Jws } from '../../credentials/verifying/index.ts';
import {
  isNamedBy,
  isSignedBy,
  parseCertificates,
  parseJws,
  readPublicJwk,
  validateChain,
} from '../../credentials/verifying/index.ts';
import { isSignedByCertificate } from '../jose/index.ts';
import { identifier, read } from '../openid4vci/reading.ts';
import type { Signing } from './signing.ts';
import { badSignature } from './signing.ts';
import { isInTime, readTimes } from './times.ts';
import type { SigningVerifier } from './verifier-identity.ts';

/** What decides whether an attestation counts. */
interface Trust {
  readonly anchors: readonly Certificate[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const TYPE = 'verifier-attestation+jwt';
const FIELD = 'request.jwt';
const MAX_LENGTH = 32_768;

const Claims = v.object({
  iss: identifier(2048),
  sub: identifier(2048),
  exp: v.number('must be a time'),
  cnf: v.object({ jwk: v.unknown() }),
  redirect_uris: v.optional(v.pipe(v.array(identifier(2048)), v.maxLength(64))),
});

/**
 * Who asks, by what somebody else attests of them (OpenID4VP 1.0 §5.9.3 `verifier_attestation`, §12): the key that the
 * attestation is bound to made the signature. The attester is vouched for where its certificates lead to an anchor of the
 * person's and name it. Over a link nobody else is answered; to a page, the browser's word for the origin stands beside.
 * @throws SignetError bad_request or unsupported, naming the field
 */
export async function identifyByAttestation(signing: Signing, trust: Trust): Promise<SigningVerifier> {
  const { jws, clientId, original, responseUri } = signing;
  const attestation = parseAttestation(jws.header['jwt']);
  const { iss, sub, cnf, redirect_uris: uris } = read(Claims, attestation.payload, FIELD, 'bad_request');
  assertField(sub === original, 'client_id', 'The attestation is about another client.');
  assertField(isInTime(readTimes(attestation.payload), trust.now), FIELD, 'The attestation has run out.');
  const key = readPublicJwk(cnf.jwk);
  if (key === undefined || !(await isSignedBy(jws, [key]))) throw badSignature();
  const vouched = await isVouchedFor(attestation, iss, trust);
  if (responseUri !== undefined) assertMayReceive(responseUri, uris, vouched);
  return { kind: 'attested', clientId, attester: displayText(iss, 160), vouched };
}

function parseAttestation(jwt: Json | undefined): Jws {
  assertField(typeof jwt === 'string', FIELD, 'The request holds no attestation of who asks.');
  const attestation = parseJws(jwt, FIELD, MAX_LENGTH);
  assertField(attestation.header['typ'] === TYPE, FIELD, `${FIELD} is not typed as ${TYPE}.`);
  return attestation;
}

/** @throws SignetError bad_request where the attestation bears certificates and is not signed by them */
async function isVouchedFor(attestation: Jws, issuer: string, { anchors, now }: Trust): Promise<boolean> {
  if (attestation.header['x5c'] === undefined) return false;
  const chain = parseCertificates(attestation.header['x5c']);
  const isSigned = await isSignedByCertificate(attestation, chain[0]);
  assertField(isSigned, FIELD, 'The attestation was not signed by whom it names.');
  return isNamedBy(chain[0], issuer) && (await validateChain(chain, anchors, now));
}

function assertMayReceive(responseUri: string, attested: readonly string[] | undefined, vouched: boolean): void {
  if (!vouched) {
    throw new SignetError('unsupported', 'Nobody you trust attests who this verifier is.', { field: FIELD });
  }
  assertField(
    attested?.includes(responseUri) !== false,
    'response_uri',
    'response_uri is none of those that are attested.',
  );
}
