import type { PromisedCredential } from '../../credentials/index.ts';
import type { PromisedView } from '../../messaging/contract.ts';

/** What our pages show of something that was promised: nothing of what it is asked for with. */
export function viewPromise(promised: PromisedCredential): PromisedView {
  const { id, name, issuer, issuerName, promisedAt, askAt, lastAskedAt, state, message, renews } = promised;
  return {
    id,
    name,
    issuer: { origin: issuer, name: issuerName, vouched: false },
    promisedAt,
    ...(askAt === undefined ? {} : { askAt }),
    ...(lastAskedAt === undefined ? {} : { lastAskedAt }),
    state,
    ...(message === undefined ? {} : { message }),
    ...(renews === undefined ? {} : { renews }),
  };
}
