import { displayText } from '../../core/index.ts';
import type { ClaimLabel } from '../claim-labels.ts';
import type { ResolvedType } from './resolve-type.ts';
import type { TypeDisplay } from './type-document.ts';

/** What people see of a type: in their language where there is one, cleaned for display. */
export interface TypeFacts {
  readonly vct: string;
  /** `vct` and every type that it extends. */
  readonly types: readonly string[];
  readonly name?: string;
  readonly description?: string;
  /** `#rrggbb`, of the card that its publisher wishes for. */
  readonly colour?: string;
  readonly labels: readonly ClaimLabel[];
}

const MAX_NAME = 80;
const MAX_DESCRIPTION = 300;
const MAX_LABEL = 60;

/**
 * What people see of a type.
 * @param languages the person's, most wanted first, as BCP 47 tags
 */
export function typeFacts({ vct, types, display, claims }: ResolvedType, languages: readonly string[]): TypeFacts {
  const chosen = inLanguage(display, languages);
  const colour = colourOf(chosen);
  return {
    ...{ vct, types },
    ...shown('name', chosen?.name, MAX_NAME),
    ...shown('description', chosen?.description, MAX_DESCRIPTION),
    ...(colour === undefined ? {} : { colour }),
    labels: claims.flatMap((claim) => {
      const words = inLanguage(claim.display ?? [], languages);
      const label = displayText(words?.label ?? '', MAX_LABEL);
      return label === '' ? [] : [{ path: claim.path, label }];
    }),
  };
}

function shown<K extends string>(key: K, text: string | undefined, maxLength: number): { readonly [P in K]?: string } {
  const clean = displayText(text ?? '', maxLength);
  return clean === '' ? {} : ({ [key]: clean } as { readonly [P in K]: string }); // a computed key widens to string
}

interface InLanguage {
  readonly locale?: string | undefined;
  readonly lang?: string | undefined;
}

/** The entry of the first language that there is one for; without one, the first. Regions give way to languages. */
function inLanguage<T extends InLanguage>(entries: readonly T[], languages: readonly string[]): T | undefined {
  const tagOf = ({ locale, lang }: InLanguage): string => (locale ?? lang ?? '').toLowerCase();
  const base = (tag: string): string => tag.split('-')[0] ?? '';
  for (const wanted of languages.map((language) => language.toLowerCase())) {
    const found =
      entries.find((entry) => tagOf(entry) === wanted) ?? entries.find((entry) => base(tagOf(entry)) === base(wanted));
    if (found !== undefined) return found;
  }
  return entries[0];
}

const COLOUR = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/;

/** Colours in hexadecimal alone: everything else that CSS calls a colour could be anything. */
function colourOf(display: TypeDisplay | undefined): string | undefined {
  const colour = display?.rendering?.simple?.background_color?.trim().toLowerCase() ?? '';
  if (!COLOUR.test(colour)) return undefined;
  return colour.length === 7 ? colour : `#${colour.slice(1).replace(/./g, '$&$&')}`;
}
