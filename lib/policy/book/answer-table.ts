import * as v from 'valibot';
import type { Bytes, SecretBytes } from '../../core/index.ts';
import { SignetError, canonicalJson, canonicalJsonBytes, randomBytes } from '../../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../../vault/index.ts';
import type { AnswerRecord } from './answer-record.ts';
import { isSameMac, macOf, openAnswers, readJson, sealAnswers } from './answer-record.ts';

/** Parts of the table: one is written with each answer, so it should be small. */
const SHARDS = 64;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const ShardSchema = v.strictObject({
  v: v.literal(1),
  generation: whole,
  /** Generation of each record, by its tag. */
  records: v.array(v.strictTuple([v.string(), whole])),
  mac: v.string(),
});
const HeadSchema = v.strictObject({
  v: v.literal(1),
  /** Counts every record that was ever written. */
  generation: whole,
  /** Generation of each shard; 0: never written. */
  shards: v.pipe(v.array(whole), v.length(SHARDS)),
  mac: v.string(),
});

type Shard = Readonly<Omit<v.InferOutput<typeof ShardSchema>, 'v' | 'mac'>>;
type Head = Readonly<Omit<v.InferOutput<typeof HeadSchema>, 'v' | 'mac'>>;

const LABEL = 'sys/answers';
const HEAD: Address = { label: `${LABEL}/head`, index: 0 };
const SHARD_LABEL = `${LABEL}/table`;
const shardAt = (shard: number): Address => ({ label: SHARD_LABEL, index: shard });
export const answersAt = (tag: string): Address => ({ label: `${LABEL}/of/${tag}`, index: 0 });

const NO_SHARD: Shard = { generation: 0, records: [] };

/** Why a record does not count: see `SetAside`. */
export type Fault = 'altered' | 'rolled_back' | 'missing' | 'stranger';

/** What lies at an address, and why it does not count, where it does not. */
interface Looked<T> {
  readonly value?: T;
  readonly fault?: Fault;
}

/** Something that does not count, with the records that only it could vouch for. */
export interface Broken {
  readonly address: Address;
  readonly fault: Fault;
}

/**
 * The generations of all records of answers, in shards under a head, each under a MAC: the head knows the generation of
 * every shard, a shard that of its records. So a record that is altered, older, gone or new shows, even one that was
 * sealed as it should be.
 */
export class AnswerTable {
  readonly #reader: VaultReader;
  readonly #secret: SecretBytes;
  readonly #head: Looked<Head>;
  readonly #shards = new Map<number, Looked<Shard>>();
  #written: Head | undefined;

  private constructor(reader: VaultReader, secret: SecretBytes, head: Looked<Head>) {
    this.#reader = reader;
    this.#secret = secret;
    this.#head = head;
  }

  /** @param secret of the MACs: borrowed for as long as the table is used */
  static async open(reader: VaultReader, secret: SecretBytes): Promise<AnswerTable> {
    const found = await readOr(reader, HEAD);
    if (found === undefined) return new AnswerTable(reader, secret, {});
    const value = found === 'damaged' ? undefined : openHead(secret, found);
    return new AnswerTable(reader, secret, value === undefined ? { fault: 'altered' } : { value });
  }

  /** The record of this tag, or why it does not count; neither where there is none. */
  async find(tag: string): Promise<Looked<AnswerRecord>> {
    const shard = await this.#shard(shardOf(tag));
    const generation = new Map(shard.value?.records).get(tag);
    const found = await readOr(this.#reader, answersAt(tag));
    if (found === undefined) return generation === undefined ? {} : { fault: 'missing' };
    if (generation === undefined) return { fault: shard.fault === undefined ? 'stranger' : 'rolled_back' };
    const value = found === 'damaged' ? undefined : openAnswers(this.#secret, found);
    if (value === undefined) return { fault: 'altered' };
    return value.generation === generation ? { value } : { fault: 'rolled_back' };
  }

  /** Tags of all records that the table knows. */
  async tags(): Promise<readonly string[]> {
    const shards = await Promise.all(Array.from({ length: SHARDS }, (_, index) => this.#shard(index)));
    return shards.flatMap(({ value }) => value?.records.map(([tag]) => tag) ?? []);
  }

  /**
   * What of the table does not count, with the records that only that could vouch for.
   * @param tag where only what that record rests on is looked at
   */
  async broken(tag?: string): Promise<readonly Broken[]> {
    const head = this.#head.fault === undefined ? [] : [{ address: HEAD, fault: this.#head.fault }];
    const looked = tag === undefined || head.length > 0 ? Array.from({ length: SHARDS }, (_, i) => i) : [shardOf(tag)];
    const shards = await Promise.all(looked.map((index) => this.#brokenShard(index)));
    return [...head, ...shards.flat()];
  }

  /** Writes a record under a new generation. What is broken must be out of the way. */
  async put(tx: VaultTx, tag: string, record: AnswerRecord): Promise<void> {
    const generation = this.#generation() + 1;
    tx.put(answersAt(tag), 1, sealAnswers(this.#secret, { ...record, generation }));
    await this.#putShard(tx, shardOf(tag), generation, (records) => records.set(tag, generation));
  }

  /** Takes out of the table what was moved away: shards with all they knew, then single records. */
  async forget(tx: VaultTx, { parts, tags }: { readonly parts: readonly Broken[]; readonly tags: readonly string[] }) {
    for (const { address } of parts) if (address.label === SHARD_LABEL) this.#dropShard(tx, address.index);
    for (const [index, ofShard] of Map.groupBy(tags, shardOf)) {
      await this.#putShard(tx, index, this.#generation() + 1, (records) =>
        ofShard.forEach((tag) => records.delete(tag)),
      );
    }
  }

  /** MACs everything that is as it should be under another secret, as it stands; the rest stays, and shows. */
  async reseal(tx: VaultTx, secret: SecretBytes): Promise<void> {
    for (const tag of await this.tags()) {
      const { value } = await this.find(tag);
      if (value !== undefined) tx.put(answersAt(tag), 1, sealAnswers(secret, value));
    }
    for (const [index, { value }] of this.#shards) {
      if (value === undefined || value.generation === 0) continue;
      tx.put(shardAt(index), 1, sealPart(secret, shardFields(index, value), value));
    }
    const head = this.#head.value;
    if (head !== undefined) tx.put(HEAD, 1, sealPart(secret, headFields(head), head));
  }

  /** A head that is gone too needs no word of it. */
  #dropShard(tx: VaultTx, index: number): void {
    const head = this.#written ?? this.#head.value;
    this.#shards.set(index, { value: NO_SHARD });
    if (head !== undefined) this.#putHead(tx, { generation: head.generation + 1, shards: head.shards.with(index, 0) });
  }

  /** Begins anew where the head does not count, or was never written: at a generation that no record of before has. */
  #generation(): number {
    return (this.#written ?? this.#head.value)?.generation ?? randomGeneration();
  }

  async #putShard(
    tx: VaultTx,
    index: number,
    generation: number,
    change: (records: Map<string, number>) => void,
  ): Promise<void> {
    const records = new Map((await this.#shard(index)).value?.records);
    change(records);
    const shard: Shard = { generation, records: [...records] };
    this.#shards.set(index, { value: shard });
    const shards = (this.#written ?? this.#head.value)?.shards ?? Array.from({ length: SHARDS }, () => 0);
    tx.put(shardAt(index), 1, sealPart(this.#secret, shardFields(index, shard), shard));
    this.#putHead(tx, { generation, shards: shards.with(index, generation) });
  }

  #putHead(tx: VaultTx, head: Head): void {
    this.#written = head;
    tx.put(HEAD, 1, sealPart(this.#secret, headFields(head), head));
  }

  async #brokenShard(index: number): Promise<readonly Broken[]> {
    const { fault } = await this.#shard(index);
    if (fault === undefined) return [];
    const found = await readOr(this.#reader, shardAt(index));
    const listed = found === undefined || found === 'damaged' ? [] : (readJson(ShardSchema, found)?.records ?? []);
    const records = listed.map(([tag]) => ({ address: answersAt(tag), fault: 'rolled_back' as const }));
    return [{ address: shardAt(index), fault }, ...records];
  }

  async #shard(index: number): Promise<Looked<Shard>> {
    const known = this.#shards.get(index);
    if (known !== undefined) return known;
    const looked = await this.#lookAtShard(index);
    this.#shards.set(index, looked);
    return looked;
  }

  async #lookAtShard(index: number): Promise<Looked<Shard>> {
    const generation = this.#head.value?.shards[index] ?? 0;
    const found = await readOr(this.#reader, shardAt(index));
    if (found === undefined) return generation === 0 ? { value: NO_SHARD } : { fault: 'missing' };
    if (generation === 0) return { fault: 'stranger' };
    const value = found === 'damaged' ? undefined : openShard(this.#secret, index, found);
    if (value === undefined) return { fault: 'altered' };
    return value.generation === generation ? { value } : { fault: 'rolled_back' };
  }
}

const shardOf = (tag: string): number => tag.charCodeAt(0) % SHARDS;

const randomGeneration = (): number => randomBytes(6).reduce((sum, byte) => sum * 256 + byte, 0);

/** The record's bytes; what the vault finds damaged is for the table to report, like everything else that was altered. */
async function readOr(reader: VaultReader, address: Address): Promise<Bytes | 'damaged' | undefined> {
  try {
    return await reader.get(address, 1);
  } catch (thrown) {
    if (SignetError.from(thrown).reason !== 'vault_damaged') throw thrown;
    return 'damaged';
  }
}

const shardFields = (index: number, { generation, records }: Shard): readonly string[] => [
  'table',
  String(index),
  String(generation),
  canonicalJson(records),
];

const headFields = ({ generation, shards }: Head): readonly string[] => ['head', String(generation), shards.join()];

const sealPart = (secret: SecretBytes, fields: readonly string[], part: Shard | Head): Bytes =>
  canonicalJsonBytes({ v: 1, ...part, mac: macOf(secret, fields) });

function openShard(secret: SecretBytes, index: number, bytes: Bytes): Shard | undefined {
  const part = readJson(ShardSchema, bytes);
  if (part === undefined || !isSameMac(part.mac, macOf(secret, shardFields(index, part)))) return undefined;
  return { generation: part.generation, records: part.records };
}

function openHead(secret: SecretBytes, bytes: Bytes): Head | undefined {
  const part = readJson(HeadSchema, bytes);
  if (part === undefined || !isSameMac(part.mac, macOf(secret, headFields(part)))) return undefined;
  return { generation: part.generation, shards: part.shards };
}
