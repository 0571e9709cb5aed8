import { Attributes } from '../../attributes/index.ts';
import type { AttributeInput } from '../../attributes/index.ts';
import type { LoggedTx } from '../../audit/index.ts';
import { assertField, isCalendarDate } from '../../core/index.ts';
import { KNOWN_CLAIMS, SELF_ISSUER, claimCompartment, claimKey } from '../../credentials/index.ts';
import type { CompartmentName, Grant, VaultReader } from '../../vault/index.ts';
import { NOBODY } from '../../requests/index.ts';
import { Judge } from '../judging/judge.ts';
import type { Judgement } from '../judging/judge.ts';
import { openLog } from '../log/open-log.ts';
import type { VaultServices } from '../services.ts';
import { ownFacts } from './facts.ts';

/** Something that an agent wants to be kept. */
export interface Storing {
  readonly input: AttributeInput;
  /** By `claimKey`. */
  readonly key: string;
  /** Attributes of this name that are there already: ids. */
  readonly former: readonly string[];
}

interface Given {
  readonly label: string;
  readonly tier: 1 | 2 | 3;
  readonly value: string;
}

const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
const MAX_LABEL = 60;
const MAX_TEXT = 500;

/** @throws SignetError `bad_request` naming `label` or `value`; `locked` */
export async function planStoring(reader: VaultReader, { label, tier, value }: Given): Promise<Storing> {
  assertField(label.isWellFormed() && label.trim() !== '', 'label', 'label must not be empty.');
  assertField(Array.from(label.trim()).length <= MAX_LABEL, 'label', `label is longer than ${MAX_LABEL} characters.`);
  assertField(value.isWellFormed(), 'value', 'value is no text.');
  assertField(Array.from(value).length <= MAX_TEXT, 'value', `value is longer than ${MAX_TEXT} characters.`);
  const key = claimKey([label.trim()]);
  const own = await ownFacts(reader);
  return {
    input: {
      ...{ label: label.trim(), type: typeOf(value), value, tier },
      ...(tier === 3 ? { compartment: compartmentFor(label) } : {}),
    },
    key,
    former: own.filter((fact) => fact.key === key).flatMap(({ attribute }) => attribute ?? []),
  };
}

function typeOf(value: string): AttributeInput['type'] {
  if (value === 'true' || value === 'false') return 'yes_no';
  if (isCalendarDate(value)) return 'date';
  return DECIMAL.test(value) ? 'number' : 'text';
}

const compartmentFor = (label: string): CompartmentName =>
  claimCompartment([label.replaceAll(/\s+/g, '_')]) ?? 'private';

/** Names under which the person's own word is taken for something by others: what they say there is theirs to say. */
const SAID_TO_OTHERS: ReadonlySet<string> = new Set(KNOWN_CLAIMS);

/**
 * Whether the person sees it first: what is of Tier 3, what would take the place of something or stand beside it, and what
 * could go out as their own word about who they are.
 */
export const isForPerson = ({ input, key, former }: Storing): boolean =>
  input.tier === 3 || former.length > 0 || SAID_TO_OTHERS.has(key) || /(?:^|[._])age_(?:over|under)_\d+$/.test(key);

/** What the rules say of keeping it. @param agent its id */
export async function judgeStoring(
  reader: VaultReader,
  services: VaultServices,
  { agent, storing }: { readonly agent: string; readonly storing: Storing },
): Promise<Judgement> {
  const asked = { origin: NOBODY, agent, active: false, askedAt: services.clock() };
  const judge = await Judge.of(reader, services, asked);
  return judge.attribute({ action: 'store', key: storing.key, tier: storing.input.tier, issuer: SELF_ISSUER });
}

/**
 * Keeps it, in the transaction of a caller, in the place of what is there of this name.
 * @param grant needed at Tier 3
 */
export async function store(
  tx: LoggedTx,
  services: VaultServices,
  { input, former }: Storing,
  grant?: Grant,
): Promise<void> {
  const attributes = new Attributes(await openLog(services), { clock: services.clock });
  const [id, ...others] = former;
  if (id !== undefined && others.length === 0) await attributes.changeIn(tx, id, input, grant);
  else await attributes.addIn(tx, input, grant);
}
