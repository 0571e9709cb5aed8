import { ed25519 } from '@noble/curves/ed25519.js';
import * as v from 'valibot';
import type { Bytes } from '../core/index.ts';
import { canonicalJsonBytes, fromBase64url, parseJson } from '../core/index.ts';

/** The most an answer may be, in bytes of UTF-8. */
export const MAX_ANSWER = 32_768;

const text = v.pipe(v.string(), v.maxLength(200));
const signature = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{86}$/));
const bound = { v: v.literal(1), challenge: text, nonce: text, scope: text, signature };

const AnswerSchema = v.variant('decision', [
  v.strictObject({ ...bound, decision: v.literal('approve') }),
  v.strictObject({ ...bound, decision: v.literal('deny') }),
  v.strictObject({
    ...bound,
    decision: v.literal('narrow'),
    keep: v.pipe(v.array(text), v.maxLength(64), v.readonly()),
  }),
]);

/**
 * The person's answer from afar, as it comes in the webhook's response or from the answer URL: JSON, `application/json`.
 *
 * - `v`: 1
 * - `challenge`, `nonce`, `scope`: as in `data` of the webhook
 * - `decision`: `approve`, `deny` or `narrow`, one that `data.answers` names
 * - `keep`, with `narrow` alone: some of `data.names`, each once, not all and not none
 * - `signature`: base64url without padding of the Ed25519 signature (RFC 8032) by the key registered in Settings over
 *   `answerBytes`: UTF-8 of the canonical JSON (RFC 8785) of the answer without `signature` and with
 *   `"purpose": "signet-authorization-answer-v1"`. The names in `keep` stand as in the answer.
 *
 * Nothing else may be in it. One such text, before it is signed:
 *
 * `{"challenge":"chl_…","decision":"narrow","keep":["age_over_18"],"nonce":"…","purpose":"signet-authorization-answer-v1","scope":"…","v":1}`
 */
export type Answer = Readonly<v.InferOutput<typeof AnswerSchema>>;
export type UnsignedAnswer = Answer extends infer A ? (A extends unknown ? Omit<A, 'signature'> : never) : never;

/** The bytes that an answer's signature is over. */
export const answerBytes = (unsigned: UnsignedAnswer): Bytes =>
  canonicalJsonBytes({ ...unsigned, signature: undefined, purpose: 'signet-authorization-answer-v1' });

/** Whether the holder of a key has given exactly this answer. Never throws. @param publicKey base64url of 32 bytes */
export function isAnswerOf(answer: Answer, publicKey: string): boolean {
  try {
    const [signed, by] = [fromBase64url(answer.signature), fromBase64url(publicKey)];
    return ed25519.verify(signed, answerBytes(answer), by, { zip215: false });
  } catch {
    return false; // no key, or no signature
  }
}

/** An answer in a text; undefined where there is none in it, as in the `{"ok":true}` of a server that has no say. */
export function readAnswer(body: string): Answer | undefined {
  try {
    const input = parseJson(body, 'answer', { maxLength: MAX_ANSWER, maxDepth: 4 });
    const parsed = v.safeParse(AnswerSchema, input, { abortEarly: true });
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined; // no JSON
  }
}
