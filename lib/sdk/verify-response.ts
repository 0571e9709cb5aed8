import type { ReplayStore } from '../capabilities/checking.ts';
import type { JsonObject } from '../core/index.ts';
import { SignetError, isJsonObject, toSeconds } from '../core/index.ts';
import type { ClaimTerm, RefusalReason, VerifiedPresentation } from '../credentials/verifying/index.ts';
import { verifyPresentation } from '../credentials/verifying/index.ts';
import type { Answer, Transaction } from '../protocols/verifying/index.ts';
import {
  agreementOn,
  answerKeyId,
  askedWays,
  needsHolder,
  readAnswer,
  readPageAnswer,
  readPostedAnswer,
  readTransaction,
  satisfactionOf,
} from '../protocols/verifying/index.ts';
import type { DcqlCredential } from '../provider/types.ts';
import { termsOf } from './asked-query.ts';
import { mistake, readNow } from './caller.ts';
import type { Believed } from './issuer-word.ts';
import { assertStatus, refuseStatus, trustFor } from './issuer-word.ts';
import type { RequestSession } from './request-session.ts';
import { WINDOW_SIGNET, assertSession } from './request-session.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';
import { prepareIssuers } from './trusted-issuer.ts';
import type { StatusFetch, VerifyResult } from './verifying.ts';

export interface ResponseOptions {
  /** Whose credentials you accept, and for which types; the types of the request bound them too. */
  readonly issuers: readonly TrustedIssuer[];
  /** Takes each session once. `new MemoryReplayStore()` where you are one process. */
  readonly replay: ReplayStore;
  /** Default: the clock. 30 s of skew; a key binding is accepted for 5 minutes. */
  readonly now?: Date;
  /** As `VerifyOptions.status`. */
  readonly status?: 'skip' | StatusFetch;
}

/** A presentation that is valid, as `verify` says it. */
export type VerifiedProof = Extract<VerifyResult, { valid: true }>;

/** What was agreed to, and with which credential of the query. */
export interface AgreedTransaction {
  readonly data: JsonObject;
  readonly by: string;
}

export type ResponseResult =
  | (VerifiedProof & {
      /**
       * By the ids of the query. Beside it stands what the first of them says, in the order of the query: all there is
       * where you asked by `claims`.
       */
      readonly presentations: Readonly<Record<string, readonly VerifiedProof[]>>;
      /** In the order in which you asked. */
      readonly transactions: readonly AgreedTransaction[];
    })
  | {
      readonly valid: false;
      readonly reason: RefusalReason;
      /** One sentence for developers; holds no claim's value. */
      readonly detail: string;
      /** The wallet's word, where it answered with one instead of a proof: `access_denied` where nobody agreed. */
      readonly error?: string;
    };

type Refused = Extract<ResponseResult, { valid: false }>;

/**
 * Verifies what a wallet answered to a request of `createRequest`, whichever wallet that was. `valid` is true only with all
 * that `verify` asks of each presentation, and with: encryption as asked, an answer to this request, by a way it was made
 * by, in time and for the first time, the query satisfied and nothing disclosed beyond it, each transaction agreed to by
 * the holder's key. One presentation that is not valid refuses them all. Fetches nothing by itself.
 * @param answer what `askWallets` gave the page, or a `DigitalCredential`'s `protocol` and `data`, as an object or as
 *   JSON; for a request by link the body that was posted to `responseUri`, a form
 * @param session what `createRequest` gave with the request: your own, never the visitor's word
 * @throws SignetError as `verify`: bad_request on a mistake of the caller, status_unknown where a status cannot be told;
 *   and too_many where `replay` is full. Never because of a bad answer
 * @example
 * const type = 'https://issuer.example/age';
 * const { session } = await createRequest({ claims: 'age_over_21', types: [type], origin: 'shop.example' });
 * const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
 * const issuers = [{ issuer: 'https://issuer.example', jwks: { keys: [jwk] } }];
 * const answer = { protocol: 'openid4vp-v1-unsigned', data: { error: 'access_denied' } };
 * const result = await verifyResponse(answer, session, { issuers, replay: new MemoryReplayStore() });
 * result.valid; // false
 * result.error; // 'access_denied'
 */
export async function verifyResponse(
  answer: unknown,
  session: RequestSession,
  options: ResponseOptions,
): Promise<ResponseResult> {
  assertSession(session);
  const { believed, replay } = readOptions(options);
  if (session.expiresAt <= believed.now) return refuse('expired', 'The answer came too late. Ask again.');
  const read = await readOrRefuse(answer, session);
  if ('reason' in read) return read;
  const shown = await verifyAll(read, session, believed);
  if ('reason' in shown) return shown;
  const agreed = await agreedTransactions(shown, session);
  if ('reason' in agreed) return agreed;
  const replayed = await refuseReplay(session, replay);
  if (replayed !== undefined) return replayed;
  const [first] = shown;
  if (first === undefined) return refuse('wrong_claim', 'The answer shows nothing.');
  return { ...first.proof, presentations: byId(shown), transactions: agreed.transactions };
}

/**
 * Which session an answer is for that was posted to `responseUri`: its `id`. It is a stranger's word, good for finding
 * the session and for nothing else.
 * @param body the form, as it came
 * @returns undefined where it names none
 * @example
 * postedSessionId('vp_token=%7B%7D&state=c2Vzc2lvbi1vbmUtMTIzNA'); // 'c2Vzc2lvbi1vbmUtMTIzNA'
 */
export function postedSessionId(body: string): string | undefined {
  const fields = new URLSearchParams(body);
  const jwe = fields.get('response');
  return fields.get('state') ?? (jwe === null ? undefined : answerKeyId(jwe));
}

const refuse = (reason: RefusalReason, detail: string, error?: string): Refused => ({
  ...{ valid: false, reason, detail },
  ...(error !== undefined && { error }),
});

function readOptions(options: unknown): { readonly believed: Omit<Believed, 'types'>; readonly replay: ReplayStore } {
  if (!isJsonObject(options)) throw mistake('options', 'verifyResponse needs options with issuers and replay.');
  const { replay, now, status } = options as { readonly [K in keyof ResponseOptions]?: unknown };
  assertStatus(status);
  if (typeof (replay as ReplayStore | undefined)?.remember !== 'function') {
    throw mistake(
      'replay',
      'replay must remember which sessions were answered: a MemoryReplayStore, or a store of yours.',
    );
  }
  const believed = { issuers: prepareIssuers(options['issuers']), now: readNow(now), status };
  return { believed, replay: replay as ReplayStore }; // looked at above
}

type Presented = Extract<Answer, { presentations: unknown }>['presentations'];

async function readOrRefuse(answer: unknown, session: RequestSession): Promise<Presented | Refused> {
  try {
    const { params, isPlain } = paramsOf(answer, session);
    const read = await readAnswer(params, session.query, isPlain ? undefined : session.key);
    if ('error' in read) return refuse('malformed', `The wallet answered with an error: ${read.error}.`, read.error);
    if (session.transport === 'link' && !isOfState(read.state, session)) {
      return refuse('wrong_nonce', 'The answer is to another request.');
    }
    return read.presentations;
  } catch (error) {
    const { reason, message } = SignetError.from(error);
    if (reason !== 'bad_request') throw error;
    return refuse('malformed', message);
  }
}

interface AnswerParams {
  readonly params: JsonObject;
  /** Whether it comes by a way that does not encrypt. */
  readonly isPlain: boolean;
}

function paramsOf(answer: unknown, { transport, protocols }: RequestSession): AnswerParams {
  if (transport === 'link') {
    if (typeof answer !== 'string') throw malformed('The answer is not the body of a form.');
    return { params: readPostedAnswer(answer), isPlain: false };
  }
  const { protocol, data } = readPageAnswer(answer);
  if (protocol !== undefined && !protocols.some((one) => one === protocol)) {
    throw malformed('The answer came by a way that was not asked.');
  }
  return { params: data, isPlain: protocol === WINDOW_SIGNET };
}

const malformed = (message: string): SignetError => new SignetError('bad_request', message, { field: 'answer' });

/**
 * An encrypted answer need not repeat the state, since its key is this request's alone; but where somebody is let in
 * without a holder's key, nothing else says that this answer is theirs (OpenID4VP 1.0 §5.3).
 */
function isOfState(state: unknown, { id, key, query }: RequestSession): boolean {
  return state === id || (state === undefined && key !== undefined && query.credentials.every(needsHolder));
}

/** A presentation that was verified, for one credential of the query. */
interface Shown {
  readonly id: string;
  readonly proof: VerifiedProof;
  readonly verified: VerifiedPresentation;
}

async function verifyAll(
  presented: Presented,
  session: RequestSession,
  believed: Omit<Believed, 'types'>,
): Promise<readonly Shown[] | Refused> {
  const shown: Shown[] = [];
  for (const credential of session.query.credentials) {
    const [, texts = []] = presented.find(([id]) => id === credential.id) ?? [];
    for (const text of texts) {
      const result = await verifyOne(text, { credential, presented, session, believed });
      if (!result.valid) return refuse(result.reason, `${credential.id}: ${result.detail}`);
      shown.push({ id: credential.id, proof: proofOf(result), verified: result });
    }
  }
  switch (
    satisfactionOf(
      session.query,
      presented.map(([id]) => id),
    )
  ) {
    case 'missing':
      return refuse('wrong_claim', 'The answer does not hold the credentials that were asked for.');
    case 'beyond':
      return refuse('over_disclosed', 'The answer holds more credentials than were asked for together.');
    case 'satisfied':
      return shown;
  }
}

interface OneOf {
  readonly credential: DcqlCredential;
  readonly presented: Presented;
  readonly session: RequestSession;
  readonly believed: Omit<Believed, 'types'>;
}

async function verifyOne(text: string, { credential, presented, session, believed: who }: OneOf) {
  const believed: Believed = { ...who, types: credential.meta?.vct_values ?? [] };
  const [terms = [], ...alternatives] = waysOf(credential, session);
  const result = await verifyPresentation(text, {
    audience: session.audiences,
    nonce: session.nonce,
    now: toSeconds(believed.now),
    ...{ terms, alternatives, alsoAsked: alsoAsked(text, credential, presented, session) },
    bearer: !needsHolder(credential),
    trust: (issuer, issuerJwt) => trustFor(believed, issuer, issuerJwt),
  });
  return result.valid ? ((await refuseStatus(believed, result)) ?? result) : result;
}

const waysOf = (credential: DcqlCredential, { claims }: RequestSession): readonly (readonly ClaimTerm[])[] =>
  claims === undefined ? askedWays(credential) : [termsOf(claims)];

/**
 * What the rest of the query asks of the very same credential: one presentation may answer for both (OpenID4VP 1.0 §6.4).
 */
function alsoAsked(
  text: string,
  credential: DcqlCredential,
  presented: Presented,
  session: RequestSession,
): readonly ClaimTerm[] {
  const [issuerJwt = ''] = text.split('~', 1);
  const others = presented.flatMap(([id, texts]) =>
    id !== credential.id && texts.some((one) => one.startsWith(`${issuerJwt}~`)) ? [id] : [],
  );
  return session.query.credentials
    .filter(({ id }) => others.includes(id))
    .flatMap((one) => waysOf(one, session).flat());
}

function proofOf({ facts, answers, holder = 'none' }: VerifiedPresentation): VerifiedProof {
  return {
    valid: true,
    claims: answers,
    issuer: facts.issuer,
    format: 'dc+sd-jwt',
    holder,
    expires: facts.expiresAt === undefined ? undefined : new Date(facts.expiresAt * 1000),
    scope: Object.keys(answers).sort(),
  };
}

async function agreedTransactions(
  shown: readonly Shown[],
  { params }: RequestSession,
): Promise<{ readonly transactions: readonly AgreedTransaction[] } | Refused> {
  const transactions = transactionsIn(params);
  const agreement = await agreementOn(
    transactions,
    shown.map(({ id, verified }) => ({ id, binding: verified.binding })),
  );
  if ('problem' in agreement) return refuse('no_holder_proof', agreement.problem);
  return { transactions: transactions.map(({ data }, at) => ({ data, by: agreement.by[at] ?? '' })) };
}

function transactionsIn({ transaction_data: encoded = [] }: JsonObject): readonly Transaction[] {
  return Array.isArray(encoded) ? encoded.map((one) => readTransaction(String(one))) : [];
}

/** Taken last: what is not valid uses up nothing. */
async function refuseReplay({ id, expiresAt }: RequestSession, replay: ReplayStore): Promise<Refused | undefined> {
  switch (await replay.remember(id, expiresAt)) {
    case 'new':
      return undefined;
    case 'seen':
      return refuse('wrong_nonce', 'This request was answered before.');
    case 'full':
      throw new SignetError('too_many', 'No more answers can be remembered now. Try again later.', { field: 'replay' });
  }
}

function byId(shown: readonly Shown[]): Readonly<Record<string, readonly VerifiedProof[]>> {
  const ids = [...new Set(shown.map(({ id }) => id))];
  return Object.fromEntries(ids.map((id) => [id, shown.filter((one) => one.id === id).map(({ proof }) => proof)]));
}
