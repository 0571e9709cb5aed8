import { SignetError } from '../../core/index.ts';
import { ageTestOf } from '../claim-catalogue.ts';

/**
 * Who sees a field: everybody to whom the credential is shown, those to whom the holder shows it, or nobody: a field
 * that is `never` disclosed is not in the credential, and others are made from it.
 */
export type DisclosureLevel = 'always' | 'selectable' | 'never';

/** What a derived field says of the one it is made from. */
export type DerivedTest =
  /** A date: that many years have passed since on the day of issue. */
  | { readonly age_at_least: number }
  /** A whole number. */
  | { readonly gte: number }
  | { readonly lte: number }
  /** Any text, number or yes/no. */
  | { readonly one_of: readonly (string | number | boolean)[] };

/** A value as it is. */
export interface RawField {
  readonly kind: 'raw';
  readonly name: string;
  readonly disclosure: DisclosureLevel;
  /** Words for people. */
  readonly label?: string;
  /** May be missing; what is made from it is missing then too. */
  readonly optional?: true;
}

/** A yes or no about a raw field. */
export interface DerivedField {
  readonly kind: 'derived';
  readonly name: string;
  readonly disclosure: Exclude<DisclosureLevel, 'never'>;
  readonly label?: string;
  readonly from: string;
  readonly test: DerivedTest;
}

/** A Pedersen commitment to a raw field, which range proofs are made about. */
export interface CommittedField {
  readonly kind: 'committed';
  /** Ends in `_commitment`. */
  readonly name: string;
  readonly disclosure: 'selectable';
  readonly label?: string;
  readonly from: string;
  /** `date`: days since 1900-01-01. */
  readonly number: 'date' | 'integer';
  readonly bits: 8 | 16 | 32 | 64;
}

export type CredentialField = RawField | DerivedField | CommittedField;

/** What a kind of credential says, and how much of it each verifier sees. Plain data. */
export interface CredentialSchema {
  /** `vct`. */
  readonly type: string;
  /** For people. */
  readonly name: string;
  readonly fields: readonly CredentialField[];
}

/** Names that SD-JWT VC, SD-JWT and JavaScript have taken (SD-JWT VC §3.2.2.2, RFC 9901 §4.1). */
const TAKEN = new Set([
  ...['iss', 'iat', 'nbf', 'exp', 'cnf', 'vct', 'vct#integrity', 'status', 'aud'],
  ...['_sd', '_sd_alg', '...', '__proto__'],
]);
const COMMITMENT = /^.+_commitment$/;
const MAX_FIELDS = 128;
const MAX_NAME = 100;
const MAX_AGE = 150;

/**
 * Whether a schema can be issued: each name once and not taken, each derived and committed field made from a raw one of
 * the schema, an age limit called what it tests, and nothing in it to no purpose.
 * @throws SignetError bad_request, field `schema`
 */
export function assertSchema(schema: CredentialSchema): void {
  const { type, name, fields } = schema;
  insist(isName(type, 2048) && name.isWellFormed(), 'A schema has a type and a name.');
  insist(fields.length >= 1 && fields.length <= MAX_FIELDS, `A schema has 1 to ${MAX_FIELDS} fields.`);
  const names = new Set(fields.map((field) => field.name));
  insist(names.size === fields.length, 'A schema names a field once.');
  for (const field of fields) assertField(field, fields);
}

function assertField(field: CredentialField, fields: readonly CredentialField[]): void {
  const { name, kind } = field;
  if (kind === 'raw') {
    insist(isFieldName(name), 'A field has a name of its own, and only what is committed to is called a commitment.');
    insist(
      field.disclosure !== 'never' || fields.some((other) => other.kind !== 'raw' && other.from === name),
      'A field that is never disclosed is there for others to be made from.',
    );
    return;
  }
  insist(isFreeName(name), 'A field has a name of its own, which no standard has taken.');
  insist(fields.find((other) => other.name === field.from)?.kind === 'raw', 'A field is made from a raw one.');
  if (kind === 'derived') {
    assertTest(name, field.test);
    return;
  }
  insist(COMMITMENT.test(name), 'What is committed to is called a commitment.');
  insist(field.number !== 'date' || field.bits === 16, 'A date is committed to in 16 bits.');
}

/** A field called `age_over_21` says what its name says, and a field that tests an age says which in its name. */
function assertTest(name: string, test: DerivedTest): void {
  const named = ageTestOf([name]);
  const age = 'age_at_least' in test ? test.age_at_least : undefined;
  insist(
    named === undefined ? age === undefined : named.side === 'over' && named.limit === String(age),
    'A field that tests an age is called by it: age_over_21.',
  );
  insist(age === undefined || isWithin(age, 0, MAX_AGE), `An age is a whole number up to ${MAX_AGE}.`);
  if ('gte' in test) insist(Number.isSafeInteger(test.gte), 'A bound is a whole number.');
  if ('lte' in test) insist(Number.isSafeInteger(test.lte), 'A bound is a whole number.');
  if ('one_of' in test) insist(test.one_of.length > 0, 'A list of values has some.');
}

/** Whether a raw field may be called so: a name that no standard has taken, and not that of a commitment. */
export const isFieldName = (name: string): boolean => isFreeName(name) && !COMMITMENT.test(name);

const isFreeName = (name: string): boolean => isName(name, MAX_NAME) && !TAKEN.has(name);

const isName = (text: string, maxLength: number): boolean =>
  text.length >= 1 && text.length <= maxLength && text.isWellFormed();

const isWithin = (value: number, least: number, most: number): boolean =>
  Number.isSafeInteger(value) && value >= least && value <= most;

function insist(condition: boolean, message: string): asserts condition {
  if (!condition) throw new SignetError('bad_request', message, { field: 'schema' });
}

/** The usual yes/no about an age, selectively disclosable: `age_over_21`. @param from the raw field with the birth date */
export const ageOver = (years: number, from: string): DerivedField => ({
  kind: 'derived',
  name: `age_over_${years}`,
  label: `Over ${years}`,
  disclosure: 'selectable',
  from,
  test: { age_at_least: years },
});

/** Fields that stand in the credential: all but those that are never disclosed. */
export const issuedFields = ({ fields }: CredentialSchema): readonly CredentialField[] =>
  fields.filter(({ disclosure }) => disclosure !== 'never');
