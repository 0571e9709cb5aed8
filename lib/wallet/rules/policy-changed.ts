import type { Origin } from '../../core/index.ts';
import type { PolicySet, Rule } from '../../policy/index.ts';
import type { Never } from '../../requests/index.ts';
import { endPermits, permitsOf } from './site-permits.ts';
import type { Services } from '../services.ts';

/** To be called after the rules were changed: whatever waits is looked at anew. Nothing here undoes the change. */
export async function policyChanged(services: Services): Promise<void> {
  services.desk.forget();
  services.announce('policy');
  services.announce('audit');
  await services.desk.considerAll(services);
}

/**
 * What became true while the vault was locked becomes true in it, and the other way round: sites that left lose their
 * permits, and what the person never wants to be asked is known while it is locked.
 * @throws SignetError `locked`, `storage_failed`, `vault_damaged`
 */
export async function putInOrder(services: Services): Promise<void> {
  const { keeper, book, quiet } = services;
  const vault = await keeper.open();
  if (vault.readOnly !== undefined) return;
  const { set } = await book.current(vault);
  const sites = new Set(set.rules.flatMap(({ subject }) => ('site' in subject ? [subject.site as Origin] : []))); // as a rule's site is read
  for (const site of sites) {
    if (permitsOf(set, site).length > 0 && (await quiet.isLeaving(site))) {
      await endPermits(services, site, { kind: 'site.disconnected' });
    }
  }
  await quiet.mirror(neversIn((await book.current(vault)).set));
}

/** What is never to be asked by a site, whatever else there is: denials without any condition. */
export const neversIn = ({ rules }: PolicySet): readonly Never[] => rules.flatMap(neverOf);

function neverOf({ effect, subject, action, claims, when, from, until }: Rule): readonly Never[] {
  const isPlain = when.length === 0 && from === undefined && until === undefined;
  if (effect !== 'deny' || !isPlain || !('site' in subject)) return [];
  if (action !== '*' && action !== 'prove') return [];
  if (claims !== '*') return [{ origin: subject.site, what: claims }];
  return [{ origin: subject.site, what: action === '*' ? 'everything' : 'claims' }];
}
