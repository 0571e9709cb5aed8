import * as v from 'valibot';
import { SignetError, canonicalJson } from '../core/index.ts';
import type { ProverJob, ProverJobs, ProverKind, ProverResult, RangeJob, RangeResult } from './job.ts';

const DIGITS = '0123456789';
const BASE64URL = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz${DIGITS}-_`;

const text = (maxLength: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(maxLength));
const base64url = (maxLength: number) => v.pipe(text(maxLength), v.regex(/^[A-Za-z0-9_-]+$/));
const bytes32 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));
const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const origin = text(300);
const nonce = text(1024);

const path = v.pipe(v.array(text(256)), v.minLength(1), v.maxLength(8));
const bits = v.picklist([8, 16, 32, 64]);
const statement = v.union([
  v.strictObject({
    age_at_least: v.pipe(natural, v.maxValue(150)),
    as_of: v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/)),
  }),
  v.strictObject({ gte: natural, lte: natural }),
  v.strictObject({ gte: natural }),
  v.strictObject({ lte: natural }),
]);
/** Secrets are read letter by letter: the engine keeps the last text that a regular expression was tried on. */
const madeOf = (letters: string) => {
  const known = new Set(letters);
  return v.check((secret: string) => Array.from(secret).every((letter) => known.has(letter)));
};
const opening = {
  point: bytes32,
  bits,
  value: v.pipe(
    text(20),
    madeOf(DIGITS),
    v.check((value) => value === '0' || !value.startsWith('0')),
  ),
  blinding: v.pipe(v.string(), v.length(43), madeOf(BASE64URL)),
};
const credential = text(32_768);
const key = v.strictObject({
  kty: v.literal('OKP'),
  crv: v.literal('BLS12381G2'),
  x: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{128}$/)),
  alg: v.picklist(['BBS', 'BBS+2020']),
  kid: v.exactOptional(text(300)),
});
const bbsWork = {
  credential,
  key,
  disclose: v.pipe(v.array(text(200)), v.maxLength(128)),
  binding: v.strictObject({ origin, nonce, requestHash: bytes32 }),
};

/** A job, rebuilt field by field: whatever else an object carries does not come along. */
export const jobSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('range'),
    entries: v.pipe(v.array(v.strictObject({ path, statement, ...opening })), v.minLength(1), v.maxLength(16)),
    context: v.strictObject({ origin, nonce, sdHash: bytes32 }),
  }),
  v.strictObject({ kind: v.literal('bbs'), ...bbsWork }),
  v.strictObject({ kind: v.literal('bbs+'), ...bbsWork }),
  v.strictObject({
    kind: v.literal('open'),
    checks: v.pipe(v.array(v.strictObject(opening)), v.minLength(1), v.maxLength(1024)),
  }),
  v.strictObject({ kind: v.literal('issued'), credential, key }),
]) satisfies v.GenericSchema<unknown, ProverJob>;

const bbsResult = v.strictObject({ proof: base64url(262_144) });
const resultSchemas = {
  range: v.strictObject({
    range_proofs: v.array(v.strictObject({ path, statement, bits, proof: v.union([base64url(8_192), natural]) })),
  }),
  bbs: bbsResult,
  'bbs+': bbsResult,
  open: v.strictObject({ opens: v.boolean() }),
  issued: v.strictObject({ genuine: v.boolean() }),
} satisfies { readonly [K in ProverKind]: v.GenericSchema<unknown, ProverResult<K>> };

/** The job in a message. @throws SignetError bad_request, naming the field and never its value */
export function readJob(job: unknown): ProverJob {
  const result = v.safeParse(jobSchema, job);
  if (result.success) return result.output;
  // What valibot says quotes what it got, which may be a secret.
  const field = v.getDotPath(result.issues[0]) ?? 'job';
  throw new SignetError('bad_request', 'The prover was asked wrongly.', { field });
}

/** Reads an answer. @throws SignetError internal when it is none to the job it was made for */
export type ResultReader = (result: unknown) => ProverResult;

/** The reader of this job's answer. It keeps what the job says openly and none of its secrets. */
export function resultReader(job: ProverJob): ResultReader {
  if (job.kind !== 'range') {
    const schema: v.GenericSchema<unknown, ProverResult> = resultSchemas[job.kind];
    return (result) => parse(schema, result);
  }
  const asked = job.entries.map(saidOf);
  return (result) => {
    const answer = parse(resultSchemas.range, result);
    if (!answersAll(asked, answer)) throw wrongAnswer();
    return answer;
  };
}

/** What an entry says openly. */
const saidOf = ({ path, statement, bits }: RangeJob['entries'][number] | RangeResult['range_proofs'][number]): string =>
  canonicalJson({ path, statement, bits });

function answersAll(asked: readonly string[], { range_proofs: proofs }: RangeResult): boolean {
  if (proofs.length !== asked.length) return false;
  return proofs.every((entry, at) => {
    if (saidOf(entry) !== asked[at]) return false;
    if (typeof entry.proof === 'string') return true;
    const covering = entry.proof < at ? proofs[entry.proof] : undefined;
    return typeof covering?.proof === 'string' && covering.bits === entry.bits;
  });
}

function parse<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T {
  const result = v.safeParse(schema, value);
  if (!result.success) throw wrongAnswer();
  return result.output;
}

const wrongAnswer = (): SignetError =>
  new SignetError('internal', 'The prover answered something else than it was asked. Nothing was sent.');

/** Works on one kind of job; `report` takes how much of it is done, from 0 to 1. */
export type ProverHandlers = {
  readonly [K in ProverKind]: (
    job: ProverJobs[K][0],
    report: (done: number) => void,
  ) => ProverJobs[K][1] | Promise<ProverJobs[K][1]>;
};
