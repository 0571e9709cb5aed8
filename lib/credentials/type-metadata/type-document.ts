import * as v from 'valibot';
import type { Bytes } from '../../core/index.ts';
import { SignetError, fromUtf8, parseJson } from '../../core/index.ts';

/** Bytes of one Type Metadata document. */
export const MAX_TYPE_DOCUMENT = 64 * 1024;
const MAX_DEPTH = 16;
const MAX_CLAIMS = 256;
const MAX_LANGUAGES = 64;
const MAX_PATH = 16;

const text = v.string();
const language = v.string();
const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Members that are not known here are ignored (SD-JWT VC, "Type Metadata Format"). */
const ClaimSchema = v.object({
  path: v.pipe(v.array(v.union([v.string(), v.null(), index])), v.minLength(1), v.maxLength(MAX_PATH)),
  display: v.exactOptional(
    v.pipe(
      // `lang` was the member's name in earlier drafts
      v.array(
        v.object({
          locale: v.optional(language),
          lang: v.optional(language),
          label: text,
          description: v.optional(text),
        }),
      ),
      v.maxLength(MAX_LANGUAGES),
    ),
  ),
  mandatory: v.exactOptional(v.boolean()),
  sd: v.exactOptional(v.picklist(['always', 'allowed', 'never'])),
});

const SimpleSchema = v.object({ background_color: v.optional(text), text_color: v.optional(text) });

const DocumentSchema = v.object({
  vct: v.pipe(text, v.nonEmpty()),
  extends: v.exactOptional(v.pipe(text, v.nonEmpty())),
  'extends#integrity': v.exactOptional(text),
  display: v.exactOptional(
    v.pipe(
      v.array(
        v.object({
          locale: v.optional(language),
          lang: v.optional(language),
          name: text,
          description: v.optional(text),
          rendering: v.optional(v.object({ simple: v.optional(SimpleSchema) })),
        }),
      ),
      v.maxLength(MAX_LANGUAGES),
    ),
  ),
  claims: v.exactOptional(v.pipe(v.array(ClaimSchema), v.maxLength(MAX_CLAIMS))),
});

/** A Type Metadata document, as far as Signet reads it. Logos, images, SVG and schemas are not read and never fetched. */
export type TypeDocument = Readonly<v.InferOutput<typeof DocumentSchema>>;
export type TypeDisplay = NonNullable<TypeDocument['display']>[number];
/** What a document says of one claim, or of the claims that its path selects. */
export type ClaimMetadata = Readonly<v.InferOutput<typeof ClaimSchema>>;

/**
 * Reads a Type Metadata document.
 * @param octets the document, from a stranger
 * @param vct the type that it was asked for by
 * @throws SignetError credential_refused, field `vct`, where it is none, too long, or of another type
 */
export function readTypeDocument(octets: Bytes, vct: string): TypeDocument {
  if (octets.length > MAX_TYPE_DOCUMENT) throw unreadable('is too long');
  const parsed = v.safeParse(DocumentSchema, parse(octets));
  if (!parsed.success) throw unreadable('is not of the form of such descriptions');
  if (parsed.output.vct !== vct) throw unreadable('is of another kind of credential');
  return parsed.output;
}

function parse(octets: Bytes): unknown {
  try {
    return parseJson(fromUtf8(octets), 'vct', { maxLength: MAX_TYPE_DOCUMENT, maxDepth: MAX_DEPTH });
  } catch (cause) {
    throw unreadable('is not JSON', cause);
  }
}

const unreadable = (problem: string, cause?: unknown): SignetError =>
  new SignetError('credential_refused', `The description of this kind of credential ${problem}.`, {
    field: 'vct',
    cause,
  });
