import { Attributes } from '../../attributes/index.ts';
import type { Attribute } from '../../attributes/index.ts';
import type { Json } from '../../core/index.ts';
import type { AboutMyself, CredentialField } from '../../credentials/index.ts';
import { SELF_TYPE, ageOver, claimKey, isFieldName } from '../../credentials/index.ts';
import { openLog } from '../log/open-log.ts';
import type { Services } from '../services.ts';

/** Ages that may be asked for (design §8). */
const AGES = [13, 16, 18, 21, 25, 65];
const BIRTH_DATE = 'birth_date';

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
    schema: { type: SELF_TYPE, name: 'What you say about yourself', fields: [...fields, ...ages] },
    values: Object.fromEntries(raw.map(({ name, attribute }) => [name, valueOf(attribute)])),
  };
}

function valueOf({ type, value = '' }: Attribute): Json {
  if (type === 'yes_no') return value === 'true';
  return type === 'number' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** What can be said of the person by what they stored. @throws SignetError locked */
export async function readMyself(
  services: Pick<Services, 'keeper' | 'book' | 'clock'>,
): Promise<AboutMyself | undefined> {
  const attributes = new Attributes(await openLog(services), { clock: services.clock });
  return aboutMyself((await attributes.listReadable()).attributes);
}
