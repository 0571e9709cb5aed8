import type { Json } from '../../core/index.ts';
import { SignetError, isJsonObject } from '../../core/index.ts';
import type { ClaimPath, ConcretePath, SdJwt } from '../verifying/index.ts';
import { pathKey } from '../verifying/index.ts';
import type { ClaimMetadata } from './type-document.ts';

/** How many places the paths of one type may select in one credential. */
const MAX_PLACES = 10_000;

/**
 * That a credential, with all its disclosures, is as its type says (SD-JWT VC, "Claim Metadata"): each path leads
 * through objects and arrays as it expects, what is mandatory is there, and what must always or never be selectively
 * disclosable is so.
 * @throws SignetError credential_refused, naming the claim: the draft has such a credential rejected
 */
export function assertOfType({ claims, disclosures }: SdJwt, metadata: readonly ClaimMetadata[]): void {
  const hidden = new Set(disclosures.map(({ path }) => pathKey(path)));
  let budget = MAX_PLACES;
  for (const { path, mandatory = false, sd = 'allowed' } of metadata) {
    const places = select(claims, path);
    budget -= places.length;
    if (budget < 0) throw refused(path, 'says too much');
    if (mandatory && places.length === 0) throw refused(path, 'is missing, and its kind must have it');
    for (const place of places) {
      const isHidden = hidden.has(pathKey(place));
      if (sd === 'never' && isHidden) throw refused(path, 'can be hidden, and must not be by its kind');
      if (sd === 'always' && !isHidden) throw refused(path, 'cannot be hidden, and must be by its kind');
    }
  }
}

const refused = (path: ClaimPath, problem: string): SignetError =>
  new SignetError('credential_refused', `A claim of this credential ${problem}.`, {
    field: path.map((step) => step ?? '*').join('.'),
  });

interface Selected {
  readonly place: ConcretePath;
  readonly value: Json;
}

/** The places that a path selects; unlike a query's, it must not lead through what is of another shape. */
function select(claims: Json, path: ClaimPath): readonly ConcretePath[] {
  let selected: readonly Selected[] = [{ place: [], value: claims }];
  for (const step of path) {
    if (selected.length > MAX_PLACES) throw refused(path, 'says too much');
    selected = selected.flatMap((one) => stepInto(one, step, path));
  }
  return selected.map(({ place }) => place);
}

function stepInto({ place, value }: Selected, step: string | number | null, path: ClaimPath): readonly Selected[] {
  if (typeof step === 'string') {
    if (!isJsonObject(value)) throw refused(path, 'is not of the form that its kind says');
    const member = Object.hasOwn(value, step) ? value[step] : undefined;
    return member === undefined ? [] : [{ place: [...place, step], value: member }];
  }
  if (!Array.isArray(value)) throw refused(path, 'is not of the form that its kind says');
  const elements = (value as readonly Json[]).map((element, i) => ({ place: [...place, i], value: element })); // Array.isArray loses the type
  return step === null ? elements : elements.slice(step, step + 1);
}
