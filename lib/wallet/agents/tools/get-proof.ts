import type { ToolInput } from '../../../agents/index.ts';
import type { Json } from '../../../core/index.ts';
import { SignetError, assertField, parseAudience } from '../../../core/index.ts';
import { readProofRequest } from '../../../provider/request-schema.ts';
import type { ClaimRequest, ProofRequest, ProofResponse } from '../../../provider/types.ts';
import { admitCall } from '../../asking/admit.ts';
import type { AskedRequest } from '../../judging/policy-request.ts';
import { readMyself } from '../../proving/about-myself.ts';
import type { AskedIn } from '../../proving/asked-proof.ts';
import { admitProof, waysToAnswer } from '../../proving/ways.ts';
import type { Ways } from '../../proving/ways.ts';
import { putBefore } from './put-before.ts';
import type { Begun, ToolContext } from './tool.ts';
import { NOT_GRANTED, PERMITTED, denied, neverAsks } from './tool.ts';

type Input = ToolInput<'get_proof'>;
type Predicate = Input['predicates'][number];

const KEPT = 'An agent gets proofs about this, and never the value. Ask by age_at_least, gte or lte, or not at all.';

/**
 * A proof for whoever gave the nonce, by the proof pipeline: the same plans, rules, limits and window as for a page of
 * that origin. What it would show of Tier 2 or 3 is not shown to an agent, whatever the person would allow a site.
 */
export async function beginGetProof(context: ToolContext, input: Input): Promise<Begun> {
  const { services, principal, reader } = context;
  const origin = parseAudience(input.domain, 'domain');
  const params = await proofParams(context, input);
  const asked: AskedIn & AskedRequest = {
    ...{ id: '', origin, method: 'requestProof', params },
    ...{ agent: principal.id, active: false, askedAt: services.clock() },
  };
  const { needed } = admitProof(asked).askedClaims;
  const ways = await waysToAnswer(services, reader, asked);
  const isKept = ways.plans.length === 0 && ways.denied === undefined && (await couldAnswer(context, asked));
  return {
    names: needed,
    tiers: tiersOf(ways),
    decide: () => Promise.resolve(decide(ways, isKept)),
    perform: () => putBefore(context, { method: 'requestProof', params, origin }, proofResult),
    ask: neverAsks,
  };
}

function decide({ denied: byRules }: Ways, isKept: boolean) {
  if (byRules !== undefined) return denied(NOT_GRANTED, byRules.rules);
  return isKept ? denied(KEPT) : PERMITTED; // the request's own story decides the rest, rule by rule
}

/** What the first way touches; what is proven or shown to an agent is Tier 1, unless a compartment is opened for it. */
const tiersOf = ({ plans }: Ways): readonly number[] =>
  plans.length > 0 && plans.every(({ plan }) => plan.compartments.length > 0) ? [3] : [1];

/** Whether there were a way if nothing were kept from agents. */
async function couldAnswer({ services, reader }: ToolContext, asked: AskedIn): Promise<boolean> {
  const plans = await admitProof(asked).plan(reader, services.clock, {}, () => readMyself(services));
  return plans.length > 0;
}

/** Stands where a page's words would; nothing is shown of it. */
const NO_WORDS = 'agent';

/** The call as a page of that origin would make it. @throws SignetError bad_request or unsupported, naming the field */
async function proofParams(
  { services }: ToolContext,
  { predicates, proof_type: type, domain, nonce }: Input,
): Promise<Json> {
  const call: ProofRequest = {
    claims: predicates.map(claimOf),
    nonce,
    purpose: NO_WORDS,
    ...(type === 'any' ? {} : { formats: [type] }),
  };
  const read = readProofRequest(call as unknown as Json); // strings, numbers and lists, by its type
  const params = { ...read, purpose: '' } as unknown as Json; // likewise
  await admitCall(services, { method: 'requestProof', params, origin: parseAudience(domain, 'domain') });
  return params;
}

function claimOf({ attribute: name, operator, value }: Predicate, at: number): ClaimRequest {
  const field = `predicates[${at}].value`;
  switch (operator) {
    case 'disclose':
      assertField(value === undefined, field, 'disclose takes no value.');
      return name;
    case 'eq':
      return { name, values: [scalarIn(value, field)] };
    case 'in':
      assertField(Array.isArray(value), field, 'in takes a list of values.');
      return { name, values: value };
    case 'gte':
      return { name, gte: numberIn(value, field) };
    case 'lte':
      return { name, lte: numberIn(value, field) };
    case 'age_at_least':
      return { name, age_at_least: numberIn(value, field) };
  }
}

function scalarIn(value: Predicate['value'], field: string): string | number | boolean {
  if (value === undefined || typeof value === 'object') {
    throw new SignetError('bad_request', 'This takes one value.', { field });
  }
  return value;
}

function numberIn(value: Predicate['value'], field: string): number {
  if (typeof value !== 'number') throw new SignetError('bad_request', 'This takes a number.', { field });
  return value;
}

/** What an agent gets of a proof: it hands it to whoever gave the nonce. @param answer a `ProofResponse` */
export function proofResult(answer: Json): Json {
  const { proof, format, expiresAt, claims } = answer as unknown as ProofResponse; // the proof story made it
  return {
    ...(proof === undefined ? {} : { proof }),
    format,
    expires_at: expiresAt,
    claims: claims as unknown as Json, // JSON, by the pipeline
  };
}
