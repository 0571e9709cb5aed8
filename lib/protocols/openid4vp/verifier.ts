import type { Origin } from '../../core/index.ts';
import { isLoopback, SignetError } from '../../core/index.ts';
import type { Certificate } from '../../credentials/verifying/index.ts';
import { parseJws } from '../../credentials/verifying/index.ts';
import type { FetchDocument } from '../did/index.ts';
import { didHost } from '../did/index.ts';
import { REQUEST_LIMITS } from './bounds.ts';
import { identifyByAttestation } from './by-attestation.ts';
import { identifyByCertificate } from './by-certificate.ts';
import { identifyByDid } from './by-did.ts';
import { parseClientId } from './client-id.ts';
import { assertExpected } from './read-dc-api.ts';
import type { ReadRequest } from './read-request.ts';
import type { SignedBy } from './signed-object.ts';
import { isInTime } from './times.ts';
import { checkVerifierInfo } from './verifier-info.ts';
import type { SigningVerifier, Verifier, VerifierIdentity } from './verifier-identity.ts';

export interface IdentifyOptions {
  /** Of the page; absent for links. */
  readonly origin?: Origin;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The person's: they decide what is vouched for. */
  readonly anchors: readonly Certificate[];
  /** For did:web. Without it, such a client cannot be identified. */
  readonly fetchJson?: FetchDocument;
}

/**
 * Who asks: verifies the signature, what the client id's prefix demands (OpenID4VP 1.0 §5.9.3), the origins the request
 * is for, and its times. Of several signatures one that the person's anchors vouch for is taken, or else the first that
 * verifies, an attestation of somebody unknown last.
 * @throws SignetError bad_request where nothing verifies, unsupported for what Signet does not do, network or
 *   issuer_refused where a DID's host does not answer
 */
export async function identifyVerifier(request: ReadRequest, options: IdentifyOptions): Promise<Verifier> {
  assertMeantForUs(request, options);
  if (request.signatures.length === 0) return identifyUnsigned(request, options);
  const tries = await Promise.all(request.signatures.map((signature) => trySignature(signature, request, options)));
  const verified = tries.flatMap((each) => (each instanceof SignetError ? [] : [each]));
  const best =
    verified.find(({ identity }) => isVouched(identity)) ??
    verified.find(({ identity }) => identity.kind !== 'attested') ??
    verified[0];
  if (best === undefined) throw tries.find((each) => each instanceof SignetError) ?? notSigned();
  const { identity, signature } = best;
  const { original } = parseClientId(identity.clientId);
  const subjects = [identity.clientId, original];
  return { ...identity, info: await checkVerifierInfo(signature.verifierInfo, { subjects, ...options }) };
}

const notSigned = (): SignetError => new SignetError('bad_request', 'The request is not signed.', { field: 'request' });

const isVouched = (identity: SigningVerifier): boolean => 'vouched' in identity && identity.vouched;

function assertMeantForUs({ transport, expectedOrigins, times }: ReadRequest, { origin, now }: IdentifyOptions): void {
  if (transport === 'dc_api' && origin === undefined) {
    throw new SignetError('internal', 'A request of a page has an origin.');
  }
  if (expectedOrigins !== undefined && origin !== undefined) assertExpected(expectedOrigins, origin);
  if (times !== undefined && !isInTime(times, now)) {
    throw new SignetError('bad_request', 'The request has run out, or is not good yet. Ask for a new one.', {
      field: 'request.exp',
    });
  }
}

async function identifyUnsigned({ transport, params }: ReadRequest, options: IdentifyOptions): Promise<Verifier> {
  const { clientId } = params;
  const identity: VerifierIdentity | undefined =
    transport === 'dc_api' ? { kind: 'unsigned' } : clientId === undefined ? undefined : redirectUri(clientId);
  if (identity === undefined) throw notSigned();
  const subjects = [clientId ?? options.origin].filter((each) => each !== undefined);
  return { ...identity, info: await checkVerifierInfo(params.verifierInfo, { subjects, ...options }) };
}

const redirectUri = (clientId: string): VerifierIdentity | undefined =>
  parseClientId(clientId).prefix === 'redirect_uri' ? { kind: 'redirect_uri', clientId } : undefined;

interface Verified {
  readonly identity: SigningVerifier;
  readonly signature: SignedBy;
}

async function trySignature(
  signature: SignedBy,
  request: ReadRequest,
  options: IdentifyOptions,
): Promise<Verified | SignetError> {
  try {
    return { identity: await identifySigner(signature, request, options), signature };
  } catch (thrown) {
    return SignetError.from(thrown);
  }
}

async function identifySigner(
  { jws: encoded, clientId }: SignedBy,
  request: ReadRequest,
  options: IdentifyOptions,
): Promise<SigningVerifier> {
  const jws = parseJws(encoded, 'request', REQUEST_LIMITS.maxLength);
  const { reply } = request.params;
  const responseUri = 'responseUri' in reply ? reply.responseUri : undefined;
  const { prefix, original } = parseClientId(clientId);
  const given = { jws, clientId, original, responseUri };
  switch (prefix) {
    case 'x509_hash':
    case 'x509_san_dns':
      return identifyByCertificate({ ...given, prefix }, options);
    case 'decentralized_identifier':
      return identifyByDid(given, { fetchJson: options.fetchJson, loopback: mayBeLoopback(request, options.origin) });
    case 'verifier_attestation':
      return identifyByAttestation(given, options);
    case 'redirect_uri':
      throw new SignetError('bad_request', 'A client of this kind cannot sign.', { field: 'client_id' });
  }
}

/** What runs on this machine may be asked for by what runs on this machine. */
const mayBeLoopback = ({ loopback }: ReadRequest, origin: Origin | undefined): boolean =>
  origin === undefined ? loopback === true : isLoopback(origin);

/** Hosts that must be asked before it is known who asks (did:web), each once. Nobody is asked before a click. */
export function lookups(request: ReadRequest): readonly string[] {
  const hosts = request.signatures.flatMap(({ clientId }) => {
    const { prefix, original } = parseClientId(clientId);
    return prefix === 'decentralized_identifier' ? (didHost(original) ?? []) : [];
  });
  return [...new Set(hosts)];
}
