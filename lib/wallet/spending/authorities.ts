import type { LoggedTx } from '../../audit/index.ts';
import { AuditLog } from '../../audit/index.ts';
import type { HeldOffer } from '../../capabilities/index.ts';
import {
  distrust,
  isRevocationOf,
  listHeldOffers,
  listTrusted,
  moveOffer,
  publicKeyId,
  readHeldOffer,
  readOffer,
  trustedAs,
} from '../../capabilities/index.ts';
import { SignetError } from '../../core/index.ts';
import type { AuthorityView, OwnResponse } from '../../messaging/contract.ts';
import type { PageRequest } from '../../requests/index.ts';
import type { VaultReader } from '../../vault/index.ts';
import { againWhileOutrun } from '../again.ts';
import { viewStanding } from './capability-view.ts';
import { openLog } from '../log/open-log.ts';
import { offeredBy } from '../receiving/offer-kind.ts';
import type { Services } from '../services.ts';

/** Offers that were answered, newest first, and the authorities that the person trusts. @throws SignetError locked */
export async function listAuthorities({ keeper, clock }: Services): Promise<OwnResponse<'authorities.list'>> {
  const vault = await keeper.open();
  const now = clock();
  const offers = (await listHeldOffers(vault)).toReversed().map((held) => viewOffer(held, now));
  const trusted = (await listTrusted(vault)).map(({ authority, keys, since }) => ({
    ...{ authority, since },
    keys: keys.map(publicKeyId),
  }));
  return { offers, trusted };
}

/** What was accepted and whose time is over is shown as such. */
const viewOffer = (held: HeldOffer, now: number): AuthorityView => ({
  ...viewStanding(held),
  ...(held.state === 'accepted' && now >= held.expiresAt
    ? { state: 'expired', since: held.expiresAt }
    : { state: held.state, since: held.since }),
});

/**
 * The person gives up what an authority lets them do: nothing is shown under it any more.
 * @param id the `jti` of the offer
 * @throws SignetError `not_found` where it does not stand; `locked`
 */
export async function giveUpOffer(services: Services, id: string): Promise<void> {
  const log = await openLog(services);
  await log.transact(async (tx) => {
    const held = await readHeldOffer(tx, id);
    const at = services.clock();
    if (held === undefined || moveOffer(tx, held, { event: 'revoke', at }) === undefined) {
      throw new SignetError('not_found', 'This permission does not stand any more.', { field: 'id' });
    }
    await tx.log({ kind: 'authority.rejected', subject: held.authority });
  });
  changed(services);
}

/**
 * The person does not trust an authority any more; what they accepted of it is given up.
 * @throws SignetError `not_found` where it is not on their list; `locked`
 */
export async function distrustAuthority(services: Services, authority: string): Promise<void> {
  const log = await openLog(services);
  await log.transact(async (tx) => {
    await distrust(tx, authority);
    await giveUpAll(tx, authority, services.clock());
    await tx.log({ kind: 'authority.rejected', subject: authority });
  });
  services.desk.forget(); // what waits of it is shown as of a stranger's
  changed(services);
  await services.desk.considerAll(services);
}

async function giveUpAll(tx: LoggedTx, authority: string, at: number): Promise<void> {
  for (const held of await listHeldOffers(tx)) {
    if (held.authority === authority) moveOffer(tx, held, { event: 'revoke', at });
  }
}

/**
 * An authority takes back what the person accepted: taken without them, from its own page and signed by a key on their
 * list.
 * @throws SignetError where it is not taken, for whatever reason: the page hears of a refusal alone (rule 9)
 */
export async function takeRevocation(services: Services, request: PageRequest): Promise<void> {
  const { queue, keeper, clock, book } = services;
  const vault = await keeper.open();
  const answer = { ok: true, result: { accepted: true, credentials: 0 } } as const;
  const { jti } = await revokedBy(vault, request);
  await againWhileOutrun(services, request, async () => {
    const log = new AuditLog(vault, { clock, policy: await book.hash(vault) });
    const settled = await queue.settle(request.id, answer, ({ write, expected }) =>
      log.transact(async (tx) => {
        const held = await readHeldOffer(tx, jti);
        if (held === undefined || moveOffer(tx, held, { event: 'revoke', at: clock() }) === undefined) {
          throw refused();
        }
        await tx.log({ kind: 'authority.revoked', subject: held.authority });
        tx.raw(write);
        tx.expect(expected);
      }),
    );
    services.deliver(settled);
  });
  services.announce('requests');
  changed(services);
}

/** The accepted offer that a revocation is of. */
async function revokedBy(reader: VaultReader, request: PageRequest): Promise<HeldOffer> {
  const offered = offeredBy(request);
  if (offered.kind !== 'revocation' || offered.claims.iss !== request.origin) throw refused();
  const trusted = await trustedAs(reader, request.origin);
  const held = (await listHeldOffers(reader)).find(({ hash }) => hash === offered.claims.offer);
  if (trusted === undefined || held === undefined) throw refused();
  if (!(await isRevocationOf(offered.text, readOffer(held.text), trusted))) throw refused();
  return held;
}

const refused = (): SignetError =>
  new SignetError('bad_request', 'This takes back nothing that stands.', { field: 'authority_offer' });

function changed({ announce }: Services): void {
  announce('capabilities');
  announce('audit');
}
