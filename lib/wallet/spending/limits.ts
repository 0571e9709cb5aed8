import type { SpendLimit } from '../../capabilities/index.ts';
import { everyLimit, saveLimits } from '../../capabilities/index.ts';
import { parseOrigin, toMinorUnits } from '../../core/index.ts';
import type { LimitStandingView, LimitView } from '../../messaging/contract.ts';
import { viewLimit } from './capability-view.ts';
import { openLog } from '../log/open-log.ts';
import type { Services } from '../services.ts';

/** The person's limits and how they stand. @throws SignetError locked, vault_damaged */
export async function getLimits({ keeper, clock }: Services): Promise<readonly LimitStandingView[]> {
  return (await everyLimit(await keeper.open(), clock())).map(viewLimit);
}

/**
 * Limits in place of those that stand; what waits is looked at anew.
 * @throws SignetError `bad_request`, field `limits`, `currency` or `audience`; `locked`
 */
export async function changeLimits(
  services: Services,
  limits: readonly LimitView[],
): Promise<readonly LimitStandingView[]> {
  const saved = limits.map(minorLimit);
  const log = await openLog(services);
  await log.transact(async (tx) => {
    saveLimits(tx, saved, services.clock());
    await tx.log({ kind: 'limits.changed' });
  });
  services.desk.forget();
  services.announce('capabilities');
  services.announce('audit');
  await services.desk.considerAll(services);
  return getLimits(services);
}

const minorLimit = ({ currency, per, amount, audience }: LimitView): SpendLimit => ({
  ...{ currency, per, amount: toMinorUnits(amount, currency, 'limits') },
  ...(audience === undefined ? {} : { audience: parseOrigin(audience, 'audience') }),
});
