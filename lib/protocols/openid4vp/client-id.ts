import { SignetError } from '../../core/index.ts';

/** Client identifier prefixes that Signet knows (OpenID4VP 1.0 §5.9.3). */
export const CLIENT_ID_PREFIXES = [
  'x509_hash',
  'x509_san_dns',
  'verifier_attestation',
  'decentralized_identifier',
  'redirect_uri',
] as const;
export type ClientIdPrefix = (typeof CLIENT_ID_PREFIXES)[number];

/** A client id in its parts. The whole is what identifies the client (§14.8); a part never does. */
export interface ClientId {
  readonly prefix: ClientIdPrefix;
  /** What stands behind the prefix. */
  readonly original: string;
}

/**
 * Takes a client id apart at its first colon (§5.9.1).
 * @throws SignetError unsupported without a prefix (no client is registered with Signet beforehand) or with one that
 *   Signet does not know; bad_request where nothing stands behind it. Field `client_id`
 */
export function parseClientId(clientId: string): ClientId {
  const field = 'client_id';
  const colon = clientId.indexOf(':');
  const prefix = CLIENT_ID_PREFIXES.find((known) => known === clientId.slice(0, colon));
  if (colon === -1) {
    throw new SignetError('unsupported', 'The verifier counts on being registered with wallets, as none is here.', {
      field,
    });
  }
  if (prefix === undefined) {
    throw new SignetError('unsupported', 'The verifier shows who it is in a way that Signet does not know.', { field });
  }
  if (colon === clientId.length - 1) throw new SignetError('bad_request', 'client_id names nobody.', { field });
  return { prefix, original: clientId.slice(colon + 1) };
}
