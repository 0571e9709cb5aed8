import type { VaultTx } from '../vault/index.ts';
import type { Outcome } from './breaker.ts';
import { PROBE_LEASE, admit, afterOutcome } from './breaker.ts';
import { putBreaker, readBreaker } from './breaker-record.ts';
import type { Challenge, Delivery, SetUp } from './challenge.ts';
import { mayTell } from './challenge.ts';
import { putChallenge, readChallenge } from './challenge-store.ts';
import type { Reply } from './exchange.ts';
import { putLastDelivery } from './last-delivery.ts';
import type { Random } from './retry.ts';
import { backoff } from './retry.ts';
import { readSecrets } from './signing-secrets.ts';
import { readNotifySettings } from './settings.ts';
import type { SigningSecret } from './webhook/index.ts';
import { forgetSecret } from './webhook/index.ts';

/** One attempt that this worker, and no other, is to make now. The caller forgets the secrets. */
export interface Attempt {
  readonly challenge: Challenge;
  readonly secrets: readonly SigningSecret[];
}

/**
 * Takes the next attempt to post a question, if one is due and the breaker lets it: counted before it is made, so that
 * another worker makes no second one, and a worker that dies in the middle leaves it due again later.
 * @param now milliseconds since the epoch
 */
export async function beginAttempt(tx: VaultTx, id: string, now: number): Promise<Attempt | undefined> {
  const challenge = await readChallenge(tx, id);
  if (challenge === undefined || !isDue(challenge, now)) return undefined;
  const settings = await readNotifySettings(tx);
  const { webhook } = settings;
  const secrets = await readSecrets(tx, now);
  if (webhook === undefined || secrets.length === 0 || !isMeantFor(challenge, { ...settings, webhook })) {
    secrets.forEach(forgetSecret);
    giveUp(tx, challenge, 'unset');
    return undefined;
  }
  const admission = admit(await readBreaker(tx), now);
  if (!admission.admitted) {
    secrets.forEach(forgetSecret);
    holdBack(tx, challenge, admission.until);
    return undefined;
  }
  const attempts = challenge.delivery.attempts + 1;
  const taken: Challenge = { ...challenge, delivery: { state: 'due', at: now + PROBE_LEASE, attempts } };
  await putBreaker(tx, admission.next);
  putChallenge(tx, taken);
  return { challenge: taken, secrets };
}

/**
 * What came of an attempt: the question is delivered, due again or given up, and the breaker learns of it.
 */
export async function endAttempt(
  tx: VaultTx,
  { id, url }: Pick<Challenge, 'id' | 'url'>,
  outcome: Outcome,
  { now, random }: { readonly now: number; readonly random: Random },
): Promise<void> {
  // What the old address did says nothing about a new one, whose breaker is another.
  if ((await readNotifySettings(tx)).webhook?.url === url) {
    await putBreaker(tx, afterOutcome(await readBreaker(tx), outcome, now));
    putLastDelivery(tx, outcome.kind, now);
  }
  const challenge = await readChallenge(tx, id);
  if (challenge?.delivery.state !== 'due') return;
  putChallenge(tx, {
    ...challenge,
    delivery: afterAttempt(challenge, challenge.delivery.attempts, outcome, now, random),
  });
}

/** What a reply says of the delivery (Standard Webhooks 1.0.0, “Delivery success and failure”). */
export function outcomeOf(reply: Reply): Outcome {
  if (reply.kind === 'redirected') return { kind: 'redirected' };
  if (reply.kind === 'unreachable') return { kind: 'failed' };
  const { status, retryAfter } = reply;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === 410) return { kind: 'gone' };
  return { kind: 'failed', ...(retryAfter !== undefined && { retryAfter }) };
}

type Due = Challenge & { readonly delivery: Extract<Delivery, { state: 'due' }> };

/** Whether what a question tells may still go where it was to go: the person may have set either anew. */
const isMeantFor = ({ url, told, tier3 }: Challenge, settings: SetUp): boolean =>
  url === settings.webhook.url && (told === undefined || mayTell(tier3, settings));

/** Whether a question is to be posted now. */
export const isDue = (challenge: Challenge, now: number): challenge is Due =>
  challenge.ruling === undefined &&
  now < challenge.endsAt &&
  challenge.delivery.state === 'due' &&
  challenge.delivery.at <= now;

function afterAttempt(
  { endsAt }: Challenge,
  attempts: number,
  outcome: Outcome,
  now: number,
  random: Random,
): Delivery {
  if (outcome.kind === 'delivered') return { state: 'delivered' };
  if (outcome.kind !== 'failed') return { state: 'given_up', why: outcome.kind };
  const at = now + Math.max(backoff(attempts, random), outcome.retryAfter ?? 0);
  return at >= endsAt ? { state: 'given_up', why: 'unreachable' } : { state: 'due', at, attempts };
}

/** The breaker is open: later, where that is still in time. It counts as no attempt. */
function holdBack(tx: VaultTx, challenge: Due, until: number | undefined): void {
  if (until === undefined) giveUp(tx, challenge, 'gone');
  else if (until >= challenge.endsAt) giveUp(tx, challenge, 'unreachable');
  else putChallenge(tx, { ...challenge, delivery: { ...challenge.delivery, at: until } });
}

const giveUp = (tx: VaultTx, challenge: Challenge, why: Extract<Delivery, { state: 'given_up' }>['why']): void =>
  putChallenge(tx, { ...challenge, delivery: { state: 'given_up', why } });
