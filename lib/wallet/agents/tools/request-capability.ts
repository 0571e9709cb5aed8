import type { ToolInput } from '../../../agents/index.ts';
import type { Json } from '../../../core/index.ts';
import { parseAudience } from '../../../core/index.ts';
import { readCapabilitySpec } from '../../../provider/request-schema.ts';
import type { CapabilityResponse } from '../../../provider/types.ts';
import { admitCall } from '../../asking/admit.ts';
import { Judge } from '../../judging/judge.ts';
import { readCapabilityCall } from '../../spending/capability-call.ts';
import { isOverLimit } from '../../spending/spend.ts';
import { putBefore } from './put-before.ts';
import type { Begun, Ruling, ToolContext } from './tool.ts';
import { NOT_GRANTED, PERMITTED, denied, neverAsks } from './tool.ts';

const OVER = 'This is more than this agent may spend. Nothing was given.';

/**
 * A token for one site, by the spending story: the agent names the site, its budget and the person's own limits hold, and
 * rules or the person decide.
 */
export async function beginRequestCapability(
  context: ToolContext,
  { capability_type: kind, domain, purpose, constraints = {} }: ToolInput<'request_capability'>,
): Promise<Begun> {
  const { services, principal, reader } = context;
  const origin = parseAudience(domain, 'domain');
  const spec = readCapabilitySpec({ kind, domain: origin, purpose, ...constraints });
  const params = spec as unknown as Json; // strings, numbers and booleans, by its schema
  await admitCall(services, { method: 'requestCapability', params, origin });
  const call = readCapabilityCall(origin, spec);
  const decide = async (): Promise<Ruling> => {
    const asked = { origin, agent: principal.id, active: false, askedAt: services.clock() };
    const judgement = (await Judge.of(reader, services, asked, purpose)).spend({ oneTime: false, ...call });
    if (judgement.verdict === 'DENY') return denied(NOT_GRANTED, judgement.rules);
    const at = services.clock();
    const isOver =
      call.asks === 'token' && (await isOverLimit(reader, call, { audience: origin, agent: principal.id, at }));
    return isOver ? denied(OVER) : PERMITTED; // the request's own story decides the rest
  };
  return {
    names: [kind],
    tiers: [],
    decide,
    perform: () => putBefore(context, { method: 'requestCapability', params, origin }, capabilityResult),
    ask: neverAsks,
  };
}

/** What an agent gets of a token. @param answer a `CapabilityResponse` */
export function capabilityResult(answer: Json): Json {
  const { token, expiresAt, standing } = answer as unknown as CapabilityResponse; // the spending story made it
  return { token, expires_at: expiresAt, ...(standing === undefined ? {} : { standing }) };
}
