import type { ToolInput } from '../../../agents/index.ts';
import type { Json, JsonObject, Origin } from '../../../core/index.ts';
import { SignetError, parseAudience } from '../../../core/index.ts';
import { claimKey } from '../../../credentials/index.ts';
import { readProofRequest } from '../../../provider/request-schema.ts';
import type { ClaimRequest } from '../../../provider/types.ts';
import type { AskedRequest } from '../../judging/policy-request.ts';
import { readMyself } from '../../proving/about-myself.ts';
import type { AskedIn } from '../../proving/asked-proof.ts';
import { admitProof, waysToAnswer } from '../../proving/ways.ts';
import type { Begun, ToolContext } from './tool.ts';
import { PERMITTED, neverAsks } from './tool.ts';

type Input = ToolInput<'negotiate_context'>;
type Disclosure = Input['proposed_disclosures'][number];

/** What may become of one disclosure, and why. */
interface Outcome {
  readonly outcome: 'show' | 'prove' | 'no';
  /** The person would be asked first. */
  readonly asks: boolean;
  /** By which operators of `get_proof`. */
  readonly operators: readonly string[];
  readonly because: string;
}

/**
 * Says for each proposed disclosure whether it may be shown, has to be proven instead, or neither, and why: what
 * `get_proof` for that site would come to. Nothing is told of a value, and nothing is remembered as told.
 */
export function beginNegotiateContext(context: ToolContext, input: Input): Promise<Begun> {
  const origin = parseAudience(input.counterparty, 'counterparty');
  const { proposed_disclosures: proposed } = input;
  return Promise.resolve({
    names: [...new Set(proposed.map(({ attribute }) => claimKey([attribute])))],
    tiers: [],
    decide: () => Promise.resolve(PERMITTED),
    perform: async () => {
      const disclosures: JsonObject[] = [];
      for (const one of proposed)
        disclosures.push({ attribute: one.attribute, ...(await weigh(context, origin, one)) });
      return { status: 'done', result: { counterparty: origin, disclosures } };
    },
    ask: neverAsks,
  });
}

async function weigh(context: ToolContext, origin: Origin, { attribute, mode }: Disclosure): Promise<JsonObject> {
  const shown = await tried(context, origin, attribute);
  if (shown === 'denied') return viewOf(no('Your person’s rules do not allow it.'));
  if (shown !== 'none' && mode === 'disclose')
    return viewOf(yes('show', shown, [], 'It is a fact that may be shown as it is.'));
  const provable = await provableBy(context, origin, attribute);
  if (provable !== undefined) {
    const because =
      mode === 'disclose' ? 'An agent never gets the value; a proof about it is enough.' : 'It can be proven.';
    return viewOf(yes('prove', provable.how, provable.operators, because));
  }
  if (shown !== 'none')
    return viewOf(yes('show', shown, ['eq'], 'It is a yes or no already, and proven by being shown.'));
  const isThere = await isHeld(context, origin, attribute);
  return viewOf(
    no(
      isThere
        ? 'An agent never gets the value, and nothing can be proven about it.'
        : 'There is nothing here that answers it.',
    ),
  );
}

type How = 'asks' | 'free';

const yes = (outcome: 'show' | 'prove', how: How, operators: readonly string[], because: string): Outcome => ({
  ...{ outcome, asks: how === 'asks', operators, because },
});
const no = (because: string): Outcome => ({ outcome: 'no', asks: false, operators: [], because });

const viewOf = ({ outcome, asks, operators, because }: Outcome): JsonObject => ({
  outcome,
  ...(outcome === 'no' ? {} : { asks_the_person: asks }),
  ...(operators.length === 0 ? {} : { operators }),
  because,
});

/** Questions that stand for all of their kind: whether one can be answered says whether the attribute is provable. */
const PROBES: readonly { readonly operator: string; readonly asks: Partial<Exclude<ClaimRequest, string>> }[] = [
  { operator: 'age_at_least', asks: { age_at_least: 13 } },
  { operator: 'gte', asks: { gte: 0 } },
  { operator: 'lte', asks: { lte: 0 } },
];

async function provableBy(context: ToolContext, origin: Origin, name: string) {
  for (const { operator, asks } of PROBES) {
    const how = await tried(context, origin, { name, ...asks });
    if (how === 'free' || how === 'asks')
      return { how, operators: operator === 'age_at_least' ? [operator] : ['gte', 'lte'] };
  }
  return undefined;
}

/** Any nonce does: nothing is made. */
const NONCE = 'A'.repeat(22);

const askedFor = (
  { services, principal }: ToolContext,
  origin: Origin,
  claim: ClaimRequest,
): AskedIn & AskedRequest => ({
  ...{ id: '', origin, method: 'requestProof', agent: principal.id, active: false, askedAt: services.clock() },
  params: readProofRequest({
    claims: [claim],
    nonce: NONCE,
    purpose: 'agent',
  }) as unknown as Json, // strings and numbers
});

/** What a claim would come to, were it asked for. */
async function tried(context: ToolContext, origin: Origin, claim: ClaimRequest): Promise<How | 'denied' | 'none'> {
  try {
    const { services, reader } = context;
    const ways = await waysToAnswer(services, reader, askedFor(context, origin, claim));
    if (ways.denied !== undefined) return 'denied';
    const [best] = ways.plans;
    if (best === undefined) return 'none';
    return best.judgement.verdict === 'PERMIT' && best.plan.compartments.length === 0 ? 'free' : 'asks';
  } catch (error) {
    if (SignetError.from(error).reason === 'unsupported') return 'none';
    throw error;
  }
}

/** Whether it is there, kept from agents or not. */
async function isHeld(context: ToolContext, origin: Origin, claim: ClaimRequest): Promise<boolean> {
  const { services, reader } = context;
  const request = admitProof(askedFor(context, origin, claim));
  return (await request.plan(reader, services.clock, {}, () => readMyself(services))).length > 0;
}
