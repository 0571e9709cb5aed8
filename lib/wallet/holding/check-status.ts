import { SignetError, bodyOf, isLoopback, originOf, toSeconds } from '../../core/index.ts';
import {
  STATUS_LIST_TYPE,
  getCredential,
  isOver,
  issuerId,
  issuerKeyResolver,
  leafCertificate,
  noteStatuses,
  openStatusList,
  stateOf,
  statusAt,
  statusReferences,
  statusUnknown,
} from '../../credentials/index.ts';
import type {
  StoredCredential,
  CredentialState,
  CredentialStatus,
  Jws,
  PublicJwk,
  StatusList,
  StatusPlace,
} from '../../credentials/index.ts';
import type { VaultReader } from '../../vault/index.ts';
import { openLog } from '../log/open-log.ts';
import type { Services } from '../services.ts';

/**
 * The person asks whether a credential was revoked: fetches the status lists that its copies name, and writes down what
 * they say. Fetches nothing for a credential that is at its end already.
 * @returns the state it is found in
 * @throws SignetError `status_unknown` where there is no answer to believe, and nothing is changed; `not_found`;
 *   `bad_request` for a credential without a status; `locked`
 */
export async function checkStatus(services: Services, id: string): Promise<{ readonly state: CredentialState }> {
  const { vault } = await openLog(services);
  const record = await getCredential(vault, id);
  if (!record.hasStatus) {
    throw new SignetError('bad_request', 'The issuer of this credential keeps no list to ask.', { field: 'id' });
  }
  const found = stateOf(record, services.clock());
  if (isOver(found)) return { state: found };
  try {
    return await noteAnswer(services, record, await askIssuer(services, vault, record));
  } finally {
    services.announce('credentials');
    services.announce('audit');
  }
}

type Statuses = ReadonlyMap<number, CredentialStatus>;

async function noteAnswer(services: Services, { id, issuer }: StoredCredential, statuses: Statuses) {
  const log = await openLog(services);
  const at = services.clock();
  return log.transact(async (tx) => {
    const noted = await noteStatuses(tx, id, statuses, at);
    const kind = noted.revokedAt === undefined ? 'credential.checked' : 'credential.revoked';
    await tx.log({ kind, subject: issuer.origin });
    return { state: stateOf(noted, at) };
  });
}

/** What the issuer's lists say of each copy. A question without an answer is an entry of the log. */
async function askIssuer(services: Services, vault: VaultReader, record: StoredCredential): Promise<Statuses> {
  try {
    return await statusesOf(services, await statusReferences(vault, record), record);
  } catch (cause) {
    const log = await openLog(services);
    await log.transact((tx) => tx.log({ kind: 'credential.check_failed', subject: record.issuer.origin }));
    throw statusUnknown(cause);
  }
}

async function statusesOf(
  services: Services,
  places: ReadonlyMap<number, StatusPlace>,
  record: StoredCredential,
): Promise<Statuses> {
  const { issuer } = record;
  const keys = listKeys(services, record, [...places.values()]);
  const lists = new Map<string, StatusList>();
  for (const { uri } of places.values()) {
    if (lists.has(uri)) continue;
    const url = new URL(uri);
    if (isLoopback(originOf(url)) && !isLoopback(issuer.origin)) {
      throw new SignetError('bad_request', 'Its status list is said to be on this machine.', { field: 'status' });
    }
    const text = await services.fetchText({ url: uri, type: `application/${STATUS_LIST_TYPE}` });
    const expected = { uri, issuer: issuerId(record), keys, now: toSeconds(services.clock()) };
    lists.set(uri, await openStatusList(text.trim(), expected));
  }
  return new Map(
    [...places].flatMap(([instance, { uri, index }]) => {
      const list = lists.get(uri);
      return list === undefined ? [] : [[instance, statusAt(list, index)]];
    }),
  );
}

/**
 * Keys that a status list may be signed with: those that the issuer publishes; or that of a certificate, where the
 * credential itself was signed with it. A certificate alone says who somebody claims to be.
 */
function listKeys(
  { clock, fetchJson }: Services,
  record: StoredCredential,
  places: readonly StatusPlace[],
): (token: Jws) => Promise<readonly PublicJwk[]> {
  const resolve = issuerKeyResolver({
    issuer: record.issuer.origin,
    id: issuerId(record),
    clock,
    fetchJson: async ({ href }) => bodyOf(await fetchJson({ url: href }), href),
  });
  return async (token) => {
    const leaf = leafCertificate(token);
    const isKnown =
      token.header['x5c'] === undefined ||
      (leaf !== undefined && places.some(({ certificate }) => certificate === leaf));
    return isKnown ? (await resolve(token)).keys : [];
  };
}
