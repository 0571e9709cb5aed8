import type { LoggedTx } from '../audit/index.ts';
import type { Json } from '../core/index.ts';
import type { CredentialRecord } from '../credentials/index.ts';
import type { PageRequest } from '../requests/index.ts';
import { openLog } from './open-log.ts';
import type { Services } from './services.ts';

/**
 * Stores what an issuer gave, in one transaction with the log's entry of it and the answer to the page.
 * @param credentials how many there are, as the page is told
 * @param add writes them
 * @returns how many were stored
 */
export async function storeReceived(
  services: Services,
  request: PageRequest,
  credentials: number,
  add: (tx: LoggedTx) => Promise<CredentialRecord>,
): Promise<{ credentials: number }> {
  const log = await openLog(services);
  const answer = { ok: true, result: resultFor(request, credentials) } as const;
  const settled = await services.queue.settle(request.id, answer, ({ write, expected }) =>
    log.transact(async (tx) => {
      const { issuer, claims } = await add(tx);
      await tx.log({
        kind: 'credential.received',
        subject: issuer.origin,
        claims: claims.map(({ path }) => path.join('.')),
        decision: 'PERMIT',
      });
      tx.raw(write);
      tx.expect(expected);
    }),
  );
  services.deliver(settled);
  services.announce('requests');
  services.announce('credentials');
  services.announce('audit');
  return { credentials };
}

/** What the page hears: by the Digital Credentials API nothing but that it was taken. */
const resultFor = ({ method }: PageRequest, credentials: number): Json =>
  method === 'digitalCreate' ? { protocol: 'openid4vci-v1', data: {} } : { accepted: true, credentials };
