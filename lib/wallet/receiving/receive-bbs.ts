import { SignetError, bodyOf } from '../../core/index.ts';
import type { BbsPublicJwk, HeldBbs } from '../../credentials/index.ts';
import { assertArrived, fetchIssuerJwks, readBbsJwkSet, suiteOf } from '../../credentials/index.ts';
import type { Kind } from './arrived.ts';
import type { Services } from '../services.ts';

/**
 * Looks at all of a BBS credential: whose it is, of what kind, and that one of the keys that the issuer publishes for
 * everyone has signed it.
 * @param text as it came
 * @throws SignetError credential_refused, naming what is wrong with what came
 */
export async function checkCard(
  { fetchJson, clock, checkBbs }: Services,
  { issuer, configuration: { suite, vct } }: Kind,
  text: string,
): Promise<HeldBbs> {
  if (suite === undefined) throw new SignetError('internal', 'The offer is of another kind of credential.');
  assertArrived(text, { issuer, type: vct, suite, now: clock() });
  const published = await fetchIssuerJwks({
    issuer,
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
