import { SignetError, bodyOf } from '../core/index.ts';
import type { BbsPublicJwk, HeldBbs } from '../credentials/index.ts';
import { addBbsCredential, assertArrived, fetchIssuerJwks, readBbsJwkSet, suiteOf } from '../credentials/index.ts';
import { receiveBbsCredential } from '../protocols/index.ts';
import type { OfferedCredential } from '../protocols/index.ts';
import type { PageRequest } from '../requests/index.ts';
import type { Services } from './services.ts';
import { storeReceived } from './store-received.ts';

/**
 * Asks the issuer for a BBS credential, and looks at all of it: whose it is, of what kind, and that one of the keys that
 * the issuer publishes for everyone has signed it.
 * @throws SignetError as `receiveCredentials`; credential_refused, naming what is wrong with what came
 */
export async function receiveBbs(
  { fetchJson, clock, checkBbs }: Services,
  offered: OfferedCredential,
  transactionCode: string | undefined,
): Promise<HeldBbs> {
  const { configuration, offer } = offered;
  const { suite } = configuration;
  if (suite === undefined) throw new SignetError('internal', 'The offer is of another kind of credential.');
  const code = transactionCode === undefined ? {} : { transactionCode };
  const text = await receiveBbsCredential(offered, { fetchJson, clock, ...code });
  assertArrived(text, { issuer: offer.issuer, type: configuration.vct, suite, now: clock() });
  const published = await fetchIssuerJwks({
    issuer: offer.issuer,
    fetchJson: async ({ href }) => bodyOf(await fetchJson({ url: href }), href),
  });
  const keys = readBbsJwkSet(published, 'jwks').filter((key) => suiteOf(key) === suite);
  return { text, key: await keyOf(text, keys, checkBbs) };
}

async function keyOf(text: string, keys: readonly BbsPublicJwk[], check: Services['checkBbs']): Promise<BbsPublicJwk> {
  for (const key of keys) if (await check(text, key)) return key;
  throw new SignetError(
    'credential_refused',
    'The issuer’s own keys did not sign this credential. Nothing was stored.',
    {
      field: 'signature',
    },
  );
}

/** Stores it, in one transaction with the answer to the page. @returns how many were stored */
export function storeBbs(
  services: Services,
  {
    request,
    offered,
    held,
  }: { readonly request: PageRequest; readonly offered: OfferedCredential; readonly held: HeldBbs },
): Promise<{ credentials: number }> {
  const { configuration, issuerName } = offered;
  return storeReceived(services, request, 1, (tx) =>
    addBbsCredential(tx, { name: configuration.name, issuerName, receivedAt: services.clock(), held }),
  );
}
