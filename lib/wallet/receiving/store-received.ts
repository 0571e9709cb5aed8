import type { AuditDraft } from '../../audit/index.ts';
import type { Json } from '../../core/index.ts';
import type { CredentialRecord } from '../../credentials/index.ts';
import { newTieId, putTie } from '../../credentials/index.ts';
import type { PromisedView } from '../../messaging/contract.ts';
import type { PageRequest } from '../../requests/index.ts';
import type { Grant } from '../../vault/index.ts';
import type { Held } from './issuance-desk.ts';
import { tieOf } from './issuance-part.ts';
import { openLog } from '../log/open-log.ts';
import { viewPromise } from './promise-view.ts';
import type { Services } from '../services.ts';
import { addArrived, hangsOnTie } from './store-arrived.ts';

/** What came of an offer that was taken. */
export interface Taken {
  /** Copies that were stored, of all credentials together. */
  readonly credentials: number;
  /** What the issuer delivers later. */
  readonly promised: readonly PromisedView[];
}

/**
 * Stores what an issuer gave and what it promised, in one transaction with the log's entries of it and the answer to the
 * page. Its secrets stay the caller's to forget.
 * @param grant where claims go into compartments
 */
export async function storeReceived(
  services: Services,
  request: PageRequest,
  { arrived, session }: Held,
  grant?: Grant,
): Promise<Taken> {
  const log = await openLog(services);
  const issuance = newTieId();
  const credentials = arrived.reduce((sum, one) => sum + copiesOf(one), 0);
  const later = arrived.filter(({ is }) => is === 'promised').length;
  const promised: PromisedView[] = [];
  const answer = { ok: true, result: answerOf(request, credentials, later) } as const;
  const settled = await services.queue.settle(request.id, answer, ({ write, expected }) =>
    log.transact(async (tx) => {
      promised.length = 0;
      for (const one of arrived) {
        const added = await addArrived(tx, { arrived: one, session, issuance, at: services.clock() }, grant);
        if (added.is === 'promised') promised.push(viewPromise(added.promised));
        await tx.log(draftOf(added));
      }
      if (hangsOnTie(arrived, session)) putTie(tx, tieOf(issuance, session));
      tx.raw(write);
      tx.expect(expected);
    }),
  );
  services.deliver(settled);
  services.announce('requests');
  services.announce('credentials');
  services.announce('audit');
  if (promised.length > 0) await services.promisesChanged();
  return { credentials, promised };
}

const copiesOf = (one: Held['arrived'][number]): number =>
  one.is === 'copies' ? one.copies.length : one.is === 'card' ? 1 : 0;

/**
 * What the page hears: what the issuer, for whom it handed the offer over, knows anyway; by the Digital Credentials API
 * nothing but that it was taken.
 */
const answerOf = ({ method }: PageRequest, credentials: number, promised: number): Json =>
  method === 'digitalCreate'
    ? { protocol: 'openid4vci-v1', data: {} }
    : { accepted: true, credentials, ...(promised === 0 ? {} : { promised }) };

type Added = Awaited<ReturnType<typeof addArrived>>;

const draftOf = (added: Added): AuditDraft =>
  added.is === 'promised'
    ? { kind: 'credential.promised', subject: added.promised.issuer, decision: 'PERMIT' }
    : receivedDraft(added.record);

/** What the log says of a credential that came. */
export const receivedDraft = ({ issuer, claims }: CredentialRecord): AuditDraft => ({
  kind: 'credential.received',
  subject: issuer.origin,
  claims: claims.map(({ path }) => path.join('.')),
  decision: 'PERMIT',
});
