import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import type { AuditEntry } from '../../audit/index.ts';
import type { Bytes } from '../../core/index.ts';
import {
  canonicalJsonBytes,
  concatBytes,
  fromBase64url,
  isJsonObject,
  le64,
  randomBytes,
  toBase64url,
} from '../../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../../vault/index.ts';
import { parseRecord } from '../../vault/index.ts';
import type { CompiledPolicy, Decision, DecideOptions, PolicyRequest, PolicyState } from '../engine/index.ts';
import { decide } from '../engine/index.ts';
import type { StateFacts } from './state-facts.ts';
import { RecordingState, StateFactsSchema } from './state-facts.ts';

/** One decision with everything it rests on beside the policy set. */
export interface DecidedClaim {
  readonly request: PolicyRequest;
  readonly state: StateFacts;
  readonly askable: boolean;
  readonly decision: Decision;
}

/** The decisions of one answer. */
export interface DecisionFacts {
  readonly version: number;
  /** Hash of the policy set. */
  readonly policy: string;
  readonly decided: readonly DecidedClaim[];
}

/** Facts under the salted commitment that the log has of them. */
export interface CommittedFacts {
  /** base64url: goes into the entry of the log. */
  readonly commitment: string;
  /** base64url, 16 random bytes. */
  readonly salt: string;
  readonly facts: DecisionFacts;
}

/** Facts of an entry that are still kept. */
export interface KeptFacts extends CommittedFacts {
  /** Number and time of the entry. */
  readonly seq: number;
  readonly time: number;
}

/** Answers whose facts are kept: the newest. */
const RING = 512;
const SALT_LENGTH = 16;
/** Facts that are longer are committed to and not kept: an answer must not fail for them. In bytes. */
const MAX_LENGTH = 262_144;

const HEAD: Address = { label: 'sys/policy/facts', index: 0 };
const slotAt = (n: number): Address => ({ label: HEAD.label, index: 1 + (n % RING) });

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const HeadSchema = v.strictObject({ v: v.literal(1), next: whole });
const DecidedSchema = v.strictObject({
  // What this wallet wrote of what it decided: the MAC of the row has authenticated it.
  request: v.custom<PolicyRequest>(isJsonObject),
  state: StateFactsSchema,
  askable: v.boolean(),
  decision: v.custom<Decision>(isJsonObject),
});
const KeptSchema = v.strictObject({
  v: v.literal(1),
  seq: whole,
  time: whole,
  commitment: v.string(),
  salt: v.string(),
  facts: v.strictObject({ version: whole, policy: v.string(), decided: v.array(DecidedSchema) }),
});

const NEWER = 'What was decided cannot be read: a newer Signet wrote it.';

/** Decides, and keeps what the decision rests on. @see decide */
export function decideOnRecord(
  policy: CompiledPolicy,
  request: PolicyRequest,
  state: PolicyState,
  options: DecideOptions,
): DecidedClaim {
  const recording = new RecordingState(state);
  const decision = decide(policy, request, recording, options);
  return { request, state: recording.facts, askable: options.askable, decision };
}

/** Commits to facts with a fresh salt. */
export function commitFacts(facts: DecisionFacts): CommittedFacts {
  const salt = toBase64url(randomBytes(SALT_LENGTH));
  return { commitment: toBase64url(commitmentTo(salt, facts)), salt, facts };
}

/** SHA-256 over le64(16) ‖ salt ‖ le64(length) ‖ canonical JSON of the facts. @param salt base64url */
export function commitmentTo(salt: string, facts: DecisionFacts): Bytes {
  const [salted, said] = [fromBase64url(salt), canonicalJsonBytes(facts)];
  return Uint8Array.from(sha256(concatBytes(le64(salted.length), salted, le64(said.length), said)));
}

/** Keeps the facts of an entry, in its transaction; those of the newest 512 answers are kept. */
export async function noteFacts(
  tx: VaultTx,
  { seq, time }: Pick<AuditEntry, 'seq' | 'time'>,
  { commitment, salt, facts }: CommittedFacts,
): Promise<void> {
  const bytes = canonicalJsonBytes({ v: 1, seq, time, commitment, salt, facts });
  if (bytes.length > MAX_LENGTH) return;
  const next = await nextSlot(tx);
  tx.put(slotAt(next), 1, bytes);
  tx.put(HEAD, 1, canonicalJsonBytes({ v: 1, next: next + 1 }));
}

/** The facts of an entry, or undefined when they are not kept. */
export async function factsOf(reader: VaultReader, seq: number): Promise<KeptFacts | undefined> {
  let high = await nextSlot(reader);
  let low = Math.max(0, high - RING);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const kept = await readSlot(reader, middle);
    if (kept === undefined || kept.seq === seq) return kept;
    if (kept.seq < seq) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

/** Those of the last answers, newest first. */
export async function recentFacts(reader: VaultReader, last: number): Promise<readonly KeptFacts[]> {
  const next = await nextSlot(reader);
  const length = Math.min(Math.max(0, last), next, RING);
  const slots = Array.from({ length }, (_, back) => readSlot(reader, next - 1 - back));
  return (await Promise.all(slots)).filter((kept) => kept !== undefined);
}

async function nextSlot(reader: VaultReader): Promise<number> {
  const bytes = await reader.get(HEAD, 1);
  return bytes === undefined ? 0 : parseRecord(HeadSchema, bytes, NEWER).next;
}

async function readSlot(reader: VaultReader, n: number): Promise<KeptFacts | undefined> {
  const bytes = await reader.get(slotAt(n), 1);
  if (bytes === undefined) return undefined;
  const { seq, time, commitment, salt, facts } = parseRecord(KeptSchema, bytes, NEWER);
  return { seq, time, commitment, salt, facts };
}
