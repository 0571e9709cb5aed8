import type { IssuedCredential, TypeFacts } from '../../credentials/index.ts';
import {
  assertOfType,
  describeAnew,
  getCredential,
  hasTypeAddress,
  resolveType,
  typeFacts,
} from '../../credentials/index.ts';
import type { TypeReference } from '../../credentials/index.ts';
import type { Origin } from '../../core/index.ts';
import { SignetError, originOf, utf8 } from '../../core/index.ts';
import { openLog } from '../log/open-log.ts';
import type { Services } from '../services.ts';

interface Door extends Pick<Services, 'fetchText' | 'languages'> {
  /** Origins that the person agreed to have asked; absent: whoever the type names, as they asked for just that. */
  readonly agreed?: readonly Origin[];
}

/**
 * What the publisher of its type says of a credential that is being received (SD-JWT VC, "Processing Type Metadata"):
 * of the hosts that the person agreed to. A description that is elsewhere, not there, or not the one meant, is done
 * without: it can be looked at later.
 * @returns undefined where there is none
 * @throws SignetError credential_refused where the credential, or its type, contradicts what the type says
 */
export async function learnType(door: Door, issued: readonly IssuedCredential[]): Promise<TypeFacts | undefined> {
  const [first] = issued;
  if (first === undefined || !hasTypeAddress(first.facts.vct)) return undefined;
  const integrity = first.sdJwt.issuerJwt.payload['vct#integrity'];
  const reference = { vct: first.facts.vct, ...(typeof integrity === 'string' ? { integrity } : {}) };
  const resolved = await resolve(door, reference, first.origin).catch(unlessContradiction);
  if (resolved === undefined) return undefined;
  for (const { sdJwt } of issued) assertOfType(sdJwt, resolved.claims);
  return typeFacts(resolved, door.languages);
}

const resolve = ({ fetchText, agreed }: Door, reference: TypeReference, issuer: Origin) =>
  resolveType(reference, {
    issuer,
    fetchBytes: async (url) => {
      if (agreed?.includes(originOf(url)) === false) throw new SignetError('network', `${url.host} was not agreed to.`);
      return utf8(await fetchText({ url: url.href, type: 'application/json' }));
    },
  });

/** A type that extends itself, or contradicts the one it extends, is one that no credential can be of. */
function unlessContradiction(thrown: unknown): undefined {
  const { reason, field } = SignetError.from(thrown);
  if (reason === 'internal' || (reason === 'credential_refused' && field === 'extends')) throw thrown;
}

/**
 * The person looks again at what the publisher of its type says of a credential. What was right when it was received
 * stays; its names are those that are said now.
 * @throws SignetError `not_found`; `bad_request` for a type without an address; `credential_refused`, `network`,
 *   `issuer_refused` where there is nothing to be read, and nothing is changed; `locked`
 */
export async function describeCredential(services: Services, id: string): Promise<void> {
  const log = await openLog(services);
  const { vct, vctIntegrity: integrity, issuer } = await getCredential(log.vault, id);
  if (!hasTypeAddress(vct)) {
    throw new SignetError('bad_request', 'Nobody says where this kind of credential is described.', { field: 'id' });
  }
  const reference = integrity === undefined ? { vct } : { vct, integrity };
  const facts = typeFacts(await resolve(services, reference, issuer.origin), services.languages);
  const at = services.clock();
  await log.transact(async (tx) => {
    await describeAnew(tx, id, facts, at);
    await tx.log({ kind: 'credential.described', subject: issuer.origin });
  });
  services.announce('credentials');
  services.announce('audit');
}
