import * as v from 'valibot';
import type { Bytes } from '../core/index.ts';
import { canonicalJson, displayText, fromBase64url, randomBytes, toBase64url } from '../core/index.ts';
import type { NotifySettings } from './settings.ts';
import type { Scope } from './scope.ts';
import { assertScope, scopeDigest } from './scope.ts';

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const RulingSchema = v.variant('decision', [
  v.strictObject({ decision: v.literal('approve') }),
  v.strictObject({ decision: v.literal('narrow'), keep: v.pipe(v.array(v.string()), v.readonly()) }),
  v.strictObject({ decision: v.literal('deny'), why: v.picklist(['said', 'late']) }),
]);

/** What became of a request from afar. `narrow`: the items named in `keep` and no others. */
export type Ruling = v.InferOutput<typeof RulingSchema>;

const DeliverySchema = v.variant('state', [
  /** To be posted at `at`, by whoever is quickest; `attempts` were begun before. */
  v.strictObject({ state: v.literal('due'), at: whole, attempts: whole }),
  v.strictObject({ state: v.literal('delivered') }),
  v.strictObject({ state: v.literal('given_up'), why: v.picklist(['gone', 'redirected', 'unreachable', 'unset']) }),
]);
export type Delivery = v.InferOutput<typeof DeliverySchema>;

export const ChallengeSchema = v.strictObject({
  v: v.literal(1),
  id: v.string(),
  requestId: v.string(),
  /** The webhook that it is for: what it tells was meant for no other. */
  url: v.string(),
  nonce: v.string(),
  /** base64url of 16 bytes: what the digest was made with. Never sent. */
  salt: v.string(),
  digest: v.string(),
  kind: v.string(),
  names: v.array(v.string()),
  /** What the webhook is told beside that; absent where the person lets it learn nothing. */
  told: v.exactOptional(v.strictObject({ agent: v.exactOptional(v.string()), audience: v.string() })),
  /** How it may be answered from afar. None: the person is told, and answers in the browser. */
  answers: v.array(v.picklist(['approve', 'deny', 'narrow'])),
  tier3: v.boolean(),
  askedAt: whole,
  endsAt: whole,
  delivery: DeliverySchema,
  ruling: v.exactOptional(RulingSchema),
});

/** A question to the person, as it is kept. Times are milliseconds since the epoch; bytes are base64url. */
export type Challenge = Readonly<v.InferOutput<typeof ChallengeSchema>>;

/** A request that waits for the person, as this channel knows it. */
export interface AskedRequest {
  /** The wallet's own id of it. It never leaves the wallet. */
  readonly requestId: string;
  /** As the person named it. */
  readonly agent?: string;
  readonly scope: Scope;
  /** Whether anything in it is of Tier 3. */
  readonly tier3: boolean;
  /** Whether anybody could approve it by what may be told. Default: yes. Else it can only be denied from afar. */
  readonly approvable?: boolean;
  /** When it is denied if nobody answered: milliseconds since the epoch. */
  readonly endsAt: number;
}

const MAX_AGENT_NAME = 80;

/** Settings with a webhook. */
export type SetUp = NotifySettings & Required<Pick<NotifySettings, 'webhook'>>;

/**
 * A new question: an id and a nonce that nobody can guess, bound to this request and to exactly its scope.
 * @param now milliseconds since the epoch
 * @throws SignetError bad_request for what is no scope
 */
export function newChallenge(asked: AskedRequest, settings: SetUp, now: number): Challenge {
  const { requestId, agent, scope, tier3, endsAt } = asked;
  assertScope(scope);
  const salt = randomBytes(16);
  const tells = mayTell(tier3, settings);
  const named = agent === undefined ? {} : { agent: displayText(agent, MAX_AGENT_NAME) };
  return {
    v: 1,
    id: `chl_${toBase64url(randomBytes(16))}`,
    requestId,
    url: settings.webhook.url,
    nonce: toBase64url(randomBytes(32)),
    salt: toBase64url(salt),
    digest: scopeDigest(scope, salt),
    kind: scope.kind,
    names: scope.items.map(({ name }) => name),
    ...(tells && { told: { ...named, audience: scope.audience } }),
    answers: answersTo(asked, settings),
    tier3,
    askedAt: now,
    endsAt,
    delivery: { state: 'due', at: now, attempts: 0 },
  };
}

/** Whether this is still the scope that was asked about, to the last bound. */
export const isOfScope = (challenge: Pick<Challenge, 'salt' | 'digest'>, scope: Scope): boolean =>
  scopeDigest(scope, saltOf(challenge)) === challenge.digest;

const saltOf = ({ salt }: Pick<Challenge, 'salt'>): Bytes => fromBase64url(salt);

/** The names of Tier 3 say much by themselves: they are told where it can be approved from afar, and only there. */
export const mayTell = (tier3: boolean, { webhook, answers }: SetUp): boolean =>
  webhook.tells === 'names' && (!tier3 || answers?.tier3 === true);

/** Nobody approves what they were not told; a single item has no part. */
function answersTo({ scope, tier3, approvable = true }: AskedRequest, settings: SetUp): Challenge['answers'] {
  if (settings.answers === undefined) return [];
  if (!approvable || !mayTell(tier3, settings)) return ['deny'];
  return scope.items.length > 1 ? ['approve', 'deny', 'narrow'] : ['approve', 'deny'];
}

/**
 * The body of the webhook: canonical JSON, the same at each attempt. Thin: no value, no bound, no purpose, no id of ours.
 */
export function challengeBody(challenge: Challenge): string {
  const { id, nonce, digest, kind, endsAt, askedAt, told, names, answers } = challenge;
  return canonicalJson({
    type: 'signet.authorization.requested',
    timestamp: new Date(askedAt).toISOString(),
    data: {
      ...{ challenge: id, nonce, scope: digest, kind, ends_at: new Date(endsAt).toISOString() },
      answers,
      ...(told && { ...told, names }),
    },
  });
}
