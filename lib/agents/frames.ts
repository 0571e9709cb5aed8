import * as v from 'valibot';
import { SignetError } from '../core/index.ts';
import type { Json } from '../core/index.ts';
import { TOOL_NAMES } from './tools/names.ts';

/**
 * What an agent's program and the wallet say to each other. It goes, as one JSON text a frame, over a unix socket to the
 * browser's native host and from there through native messaging; the host carries frames and reads none.
 *
 * The wallet opens with `challenge`. A program that is known answers `hello`, gets `welcome`, and calls tools: each `call`
 * is ended by one `answer` or `failed` with its id, in any order. A program that is not known pairs: `pair.begin`,
 * `pair.nonce`, `pair.reveal`, and then, when the person has compared the digits, `pair.done` or `failed`.
 */
export const PROTOCOL = 1;

/** The most a frame may be, in bytes of UTF-8: what native messaging lets a host send to its extension, less its envelope. */
export const MAX_FRAME = 1_000_000;

const text = (most: number) => v.pipe(v.string(), v.maxLength(most));
const base64url = (length: number) => v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]*$/), v.length(length));
const publicKey = base64url(43);
const callId = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const json = v.custom<Json>((input) => input !== undefined);

/** What a program says to the wallet. */
export const AgentFrame = v.variant('type', [
  v.strictObject({ type: v.literal('pair.begin'), publicKey, commitment: base64url(43), name: text(80) }),
  v.strictObject({ type: v.literal('pair.reveal'), agentNonce: base64url(22) }),
  v.strictObject({
    type: v.literal('hello'),
    publicKey,
    signature: base64url(86),
    /** What the program that speaks MCP calls itself: shown quoted, believed by nobody. */
    client: v.exactOptional(v.strictObject({ name: text(80), version: text(40) })),
  }),
  v.strictObject({ type: v.literal('call'), id: callId, tool: v.picklist(TOOL_NAMES), arguments: json }),
  v.strictObject({ type: v.literal('cancel'), id: callId }),
]);
export type AgentFrame = v.InferOutput<typeof AgentFrame>;

const error = v.strictObject({ reason: text(40), message: text(1000), field: v.exactOptional(text(300)) });

/** What the wallet says to a program. */
export const WalletFrame = v.variant('type', [
  v.strictObject({
    type: v.literal('challenge'),
    protocol: v.literal(PROTOCOL),
    extension: text(64),
    connection: text(64),
    nonce: base64url(43),
  }),
  v.strictObject({ type: v.literal('pair.nonce'), walletNonce: base64url(22) }),
  v.strictObject({ type: v.literal('pair.done'), agent: text(64), name: text(80) }),
  v.strictObject({ type: v.literal('welcome'), agent: text(64), name: text(80) }),
  v.strictObject({ type: v.literal('answer'), id: callId, answer: json }),
  /** With an id: of that call. Without one: of the connection, which ends. */
  v.strictObject({ type: v.literal('failed'), id: v.exactOptional(callId), error }),
]);
export type WalletFrame = v.InferOutput<typeof WalletFrame>;
export type FrameError = v.InferOutput<typeof error>;

/** What an installation of the extension is called on this machine: its socket has this name. */
export const INSTALLATION = /^[0-9a-f]{16}$/;

/**
 * What the native host and the worker say to each other: a frame, and whose it is. Only the host names connections. The
 * worker opens with `installed`, once: the host listens under that name, so two profiles of a browser never meet.
 */
export const Envelope = v.variant('kind', [
  v.strictObject({ kind: v.literal('installed'), installation: v.pipe(v.string(), v.regex(INSTALLATION)) }),
  v.strictObject({ kind: v.literal('opened'), connection: text(64) }),
  v.strictObject({ kind: v.literal('frame'), connection: text(64), frame: json }),
  v.strictObject({ kind: v.literal('closed'), connection: text(64) }),
]);
export type Envelope = v.InferOutput<typeof Envelope>;

/** A frame from a JSON text. @throws SignetError bad_request for what is none */
export function parseFrame<S extends typeof AgentFrame | typeof WalletFrame>(
  schema: S,
  text: string,
): v.InferOutput<S> {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (cause) {
    throw new SignetError('bad_request', 'This frame is no JSON.', { cause });
  }
  return readFrame(schema, input);
}

/** A frame from what was JSON. @throws SignetError bad_request for what is none */
export function readFrame<S extends typeof AgentFrame | typeof WalletFrame>(
  schema: S,
  input: unknown,
): v.InferOutput<S> {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (!result.success) throw new SignetError('bad_request', 'This is no frame that Signet knows.');
  return result.output;
}
