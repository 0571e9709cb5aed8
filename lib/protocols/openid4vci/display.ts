import * as v from 'valibot';
import { displayText } from '../../core/index.ts';
import { text } from './reading.ts';

/** How an issuer wants a credential, or itself, to look. Everything is cleaned; nothing is ever fetched for it. */
export interface Appearance {
  /** In the person's language where there is one, cleaned and clamped; may be empty. */
  readonly name: string;
  readonly description?: string;
  /** A picture that came along. One that would have to be fetched is left out: asking for it would tell who looks. */
  readonly logo?: {
    /** `data:` URL of a PNG, JPEG, WebP or GIF. */
    readonly data: string;
    /** The issuer's words for it; may be empty. */
    readonly alternative: string;
  };
  /** `#rrggbb` in lower case. */
  readonly backgroundColor?: string;
  readonly textColor?: string;
}

const MAX_LOGO = 100_000;
const LOGO = /^data:image\/(?:png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+={0,2}$/;

/** What is shown is optional, and so is what it is made of: one that makes no sense is left out, and spoils nothing. */
const lax = <S extends v.GenericSchema>(schema: S) => v.fallback(v.optional(schema), undefined);

export const Display = v.pipe(
  v.array(
    v.object({
      name: v.optional(text(1000)),
      locale: v.optional(text(100)),
      description: lax(text(5000)),
      logo: lax(v.object({ uri: v.string(), alt_text: lax(text(1000)) })),
      background_color: lax(text(100)),
      text_color: lax(text(100)),
    }),
  ),
  v.maxLength(200, 'must be in at most 200 languages'),
);

type Display = v.InferOutput<typeof Display>;

/**
 * The display in the first of the person's languages that there is one for (OpenID4VCI 1.0 §12.2.4).
 * @param languages the person's, most wanted first, as BCP 47 tags
 */
export function appearanceIn(display: Display | undefined, languages: readonly string[]): Appearance {
  const entry = entryIn(display, languages);
  const description = displayText(entry?.description ?? '', 300);
  const logo = entry?.logo;
  const backgroundColor = readColor(entry?.background_color);
  const textColor = readColor(entry?.text_color);
  return {
    name: displayText(entry?.name ?? '', 80),
    ...(description !== '' && { description }),
    ...(logo !== undefined &&
      isPicture(logo.uri) && { logo: { data: logo.uri, alternative: displayText(logo.alt_text ?? '', 100) } }),
    ...(backgroundColor !== undefined && { backgroundColor }),
    ...(textColor !== undefined && { textColor }),
  };
}

/** The name alone, cleaned and clamped; empty if there is none. */
export const nameIn = (display: Display | undefined, languages: readonly string[], maxLength: number): string =>
  displayText(entryIn(display, languages)?.name ?? '', maxLength);

function entryIn(display: Display | undefined, languages: readonly string[]): Display[number] | undefined {
  const named = (display ?? []).filter((entry) => entry.name !== undefined);
  const inLanguage = (language: string) =>
    named.find(({ locale }) => locale?.toLowerCase() === language.toLowerCase()) ??
    named.find(({ locale }) => primary(locale) === primary(language));
  return (
    languages.map(inLanguage).find((found) => found !== undefined) ??
    named.find(({ locale }) => locale === undefined) ??
    named[0]
  );
}

const primary = (tag: string | undefined): string | undefined => tag?.split('-')[0]?.toLowerCase();

const isPicture = (uri: string): boolean => uri.length <= MAX_LOGO && LOGO.test(uri);

const HEX_COLOR = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/;
const RGB_COLOR = /^rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$/;

/** A numerical colour of CSS Color 3 §4.2.1 as `#rrggbb`; whatever else is said is no colour. */
function readColor(value: string | undefined): string | undefined {
  const color = value?.trim().toLowerCase() ?? '';
  if (HEX_COLOR.test(color)) return color.length === 7 ? color : color.replace(/[0-9a-f]/g, '$&$&');
  const parts = RGB_COLOR.exec(color)?.slice(1).map(Number);
  if (parts?.every((part) => part <= 255) !== true) return undefined;
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
