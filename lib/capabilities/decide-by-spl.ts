import { compilePolicy } from '../spl/index.ts';
import type { DecidePolicy } from './policy.ts';

/**
 * Decides by the Safe Policy Language: the request as `req`, the time as `now`; `dpop_ok?` is that the holder's key was
 * proven. A policy that asks for anything else that a host would have to know denies.
 * @throws SignetError bad_request for a policy that cannot be read
 */
export const decideBySpl: DecidePolicy = (policy, request, { now, holderProven }) =>
  compilePolicy(policy).decide({ ...request }, { now, dpopOk: () => holderProven });
