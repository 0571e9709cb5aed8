import { Attributes } from '../attributes/index.ts';
import type { Attribute } from '../attributes/index.ts';
import type { Json, JsonObject, Origin } from '../core/index.ts';
import type { CredentialField, CredentialSchema } from '../credentials/index.ts';
import { SELF_TYPE, ageOver, claimKey, isFieldName, issuedFields, presentSelfIssued } from '../credentials/index.ts';
import { openLog } from './open-log.ts';
import type { Services } from './services.ts';

/** Ages that may be asked for (design §8). */
const AGES = [13, 16, 18, 21, 25, 65];
const BIRTH_DATE = 'birth_date';

/** What a vault could say of its person: a schema, and what fills it. */
export interface AboutMyself {
  readonly schema: CredentialSchema;
  readonly values: JsonObject;
}

/**
 * What can be said of a person from what they stored, each attribute under its name in rules: those of Tier 1 as they
 * are; ages from a birth date of Tier 1 or 2, which itself is for reasoning and never said at Tier 2. Nothing of Tier 3.
 * Two attributes of one name say nothing: nobody knows which is meant.
 */
export function aboutMyself(attributes: readonly Attribute[]): AboutMyself | undefined {
  const known = attributes.filter(({ tier, value }) => tier !== 3 && value !== undefined);
  const named = Map.groupBy(known, ({ label }) => claimKey([label]));
  const single = [...named].flatMap(([name, [one, ...others]]) =>
    one === undefined || others.length > 0 || !isFieldName(name) ? [] : [{ name, attribute: one }],
  );
  const birth = single.find(({ name, attribute }) => name === BIRTH_DATE && attribute.type === 'date');
  const ages = birth === undefined ? [] : AGES.map((years) => ageOver(years, BIRTH_DATE));
  const derived = new Set(ages.map(({ name }) => name));
  const raw = single
    .filter(({ name, attribute }) => attribute.tier === 1 || (name === BIRTH_DATE && birth !== undefined))
    .filter(({ name }) => !derived.has(name));
  const fields: CredentialField[] = raw.map(({ name, attribute: { label, tier } }) => ({
    ...{ kind: 'raw', name, label },
    disclosure: tier === 1 ? 'selectable' : 'never',
  }));
  if (fields.length === 0) return undefined;
  return {
    schema: { type: SELF_TYPE, name: 'Said by yourself', fields: [...fields, ...ages] },
    values: Object.fromEntries(raw.map(({ name, attribute }) => [name, valueOf(attribute)])),
  };
}

function valueOf({ type, value = '' }: Attribute): Json {
  if (type === 'yes_no') return value === 'true';
  return type === 'number' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** Names of the claims that the vault could make of what is stored, for planning. @throws SignetError locked */
export async function selfClaims(services: Services): Promise<readonly string[]> {
  const about = aboutMyself(await attributesOf(services));
  return about === undefined ? [] : issuedFields(about.schema).map(({ name }) => name);
}

/**
 * A presentation that the vault issues to itself for one site, of claims that the person agreed to show. Made anew each
 * time: nothing of it is stored, and so nothing of it can be shown elsewhere. To be logged by the story that it is for.
 * @param shown names from `selfClaims`
 * @returns a compact SD-JWT+KB with the issuer `self`
 * @throws SignetError `locked`; `bad_request`, naming what cannot be said
 */
export async function presentMyself(
  services: Services,
  { origin, nonce, shown }: { readonly origin: Origin; readonly nonce: string; readonly shown: readonly string[] },
): Promise<string> {
  const about = aboutMyself(await attributesOf(services)) ?? { schema: NOTHING, values: {} };
  const vault = await services.keeper.open();
  return presentSelfIssued({ ...about, shown, identity: vault.keys.identity, origin, nonce, now: services.clock() });
}

const NOTHING: CredentialSchema = { type: SELF_TYPE, name: '', fields: [] };

const attributesOf = async (services: Services): Promise<readonly Attribute[]> =>
  (await new Attributes(await openLog(services), { clock: services.clock }).listReadable()).attributes;
