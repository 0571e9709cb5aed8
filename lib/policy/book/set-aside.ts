import * as v from 'valibot';
import { SignetError, canonicalJsonBytes, displayText } from '../../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../../vault/index.ts';
import { parseRecord } from '../../vault/index.ts';
import { readUnchecked } from './answer-record.ts';
import type { AnswerTable, Broken, Fault } from './answer-table.ts';
import { answersAt } from './answer-table.ts';

/** A record of answers that is not as it was written: moved away, it counts no more. Log each as `pattern.set_aside`. */
export interface SetAside {
  /** As the record says, which may have been altered; empty where it says nothing. */
  readonly subject: string;
  readonly claim: string;
  /** Its content is not what its MAC is of; an older one was put back; it is gone; or there never was one. */
  readonly why: Fault;
}

const LABEL = 'sys/answers/aside';
const COUNT: Address = { label: LABEL, index: 0 };
/** The newest that were set aside are kept. */
const KEPT = 64;
/** Characters. */
const MAX_SHOWN = 300;

const CountSchema = v.strictObject({ v: v.literal(1), count: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) });

/** How many records of answers were ever set aside. */
export async function countSetAside(reader: VaultReader): Promise<number> {
  const bytes = await reader.get(COUNT, 1);
  return bytes === undefined ? 0 : parseRecord(CountSchema, bytes, 'A newer Signet wrote what was set aside.').count;
}

/**
 * Moves away what does not count: of the table, and of its records.
 * @param tag where only that record, and what it rests on, is looked at
 */
export async function setAsideBroken(tx: VaultTx, table: AnswerTable, tag?: string): Promise<readonly SetAside[]> {
  const parts = await table.broken(tag);
  const tags = tag === undefined ? await table.tags() : [tag];
  const looked = await Promise.all(tags.map(async (one) => ({ tag: one, fault: (await table.find(one)).fault })));
  const records = looked.flatMap(({ tag: one, fault }): (Broken & { tag: string })[] =>
    fault === undefined ? [] : [{ address: answersAt(one), fault, tag: one }],
  );
  const moved: SetAside[] = [];
  for (const broken of onceEach([...parts, ...records])) moved.push(await moveAway(tx, broken));
  if (moved.length > 0) await table.forget(tx, { parts, tags: records.map((record) => record.tag) });
  return moved;
}

const onceEach = (broken: readonly Broken[]): readonly Broken[] => [
  ...new Map(broken.map((one) => [`${one.address.label} ${one.address.index}`, one])).values(),
];

async function moveAway(tx: VaultTx, { address, fault }: Broken): Promise<SetAside> {
  const bytes = await readIfWhole(tx, address);
  const count = await countSetAside(tx);
  if (bytes !== undefined) tx.put({ label: LABEL, index: 1 + (count % KEPT) }, 1, bytes);
  tx.put(COUNT, 1, canonicalJsonBytes({ v: 1, count: count + 1 }));
  await tx.delete(address);
  const said = bytes === undefined ? undefined : readUnchecked(bytes);
  return { subject: shown(said?.subject), claim: shown(said?.claim), why: fault };
}

/** Whoever altered it may have written anything. */
const shown = (text = ''): string => displayText(text, MAX_SHOWN);

/** What the vault itself finds damaged cannot be moved, only deleted. */
async function readIfWhole(tx: VaultTx, address: Address) {
  try {
    return await tx.get(address, 1);
  } catch (thrown) {
    if (SignetError.from(thrown).reason !== 'vault_damaged') throw thrown;
    return undefined;
  }
}
