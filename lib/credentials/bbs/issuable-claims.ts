import type { Json } from '../../core/index.ts';
import { SignetError, isJsonObject } from '../../core/index.ts';
import { KNOWN_CLAIMS, ageTestOf, claimCompartment, claimKey, claimTier } from '../claim-catalogue.ts';

const KNOWN: ReadonlySet<string> = new Set(KNOWN_CLAIMS);

/** Parts of names for who somebody is, beside those that the catalogue has words for. */
const IDENTITY =
  /(?:^|_)(?:name|surname|birth\w*|born|dob|age|gender|sex|nation\w*|citizen\w*|passport|licen[cs]e|identity|identifier|id|ssn|tax|serial|number|address|street|phone|mobile|e?mail|portrait|photo\w*|picture|face|fingerprint|biometric\w*)(?:_|$)/;

/**
 * Refuses claims that nobody else may be able to show. A BBS proof shows no holder: a copied credential proves as well
 * as the first. So no claim is issued this way that says who somebody is or how old, nothing about payment or health,
 * and nothing that is one person's alone. Refused is a name that the catalogue of claims has words for (birth date,
 * given name, e-mail address, …), tests an age or derives a yes or no from an identity by, or puts into a compartment;
 * and one with a part like `name`, `id` or `number`. The names within a claim's value count too. `member`, `tier` and
 * `since_year` are fine.
 * @throws SignetError bad_request, naming `claims`
 */
export function assertIssuable(name: string, value: Json): void {
  for (const path of namesWithin([name], value)) {
    if (isPersonal(path)) {
      throw new SignetError('bad_request', 'Claims of age or identity need a credential that is bound to its holder.', {
        field: 'claims',
      });
    }
  }
}

function isPersonal(path: readonly string[]): boolean {
  const key = claimKey(path.slice(-1));
  const last = key.split('.').at(-1) ?? key;
  return (
    ageTestOf(path) !== undefined ||
    claimTier(path, true) === 1 ||
    claimCompartment(path) !== undefined ||
    KNOWN.has(key) ||
    KNOWN.has(last) ||
    last === 'age_equal_or_over' ||
    IDENTITY.test(last)
  );
}

/** The path of a claim and of every member within its value, without the places in lists. */
function namesWithin(path: readonly string[], value: Json): readonly (readonly string[])[] {
  if (Array.isArray(value)) {
    const elements = value as readonly Json[]; // Array.isArray loses the element type
    return [path, ...elements.flatMap((element) => namesWithin(path, element))];
  }
  if (!isJsonObject(value)) return [path];
  return [path, ...Object.entries(value).flatMap(([name, inner]) => namesWithin([...path, name], inner))];
}
