import { argon2idAsync } from '@noble/hashes/argon2.js';
import { AuditLog, auditJournal } from '../../../lib/audit/index.ts';
import { SignetError, randomBytes, systemClock, utf8 } from '../../../lib/core/index.ts';
import { indexedDbBackend, localKeyValue, sessionKeyValue } from '../../../lib/platform/index.ts';
import { decodeHeader } from '../../../lib/vault/keys/header.ts';
import type { OpenVault } from '../../../lib/vault/index.ts';
import { VaultKeeper, calibratedCost } from '../../../lib/vault/index.ts';
import { HEADER_KEY } from '../../../lib/vault/places.ts';
import { BareRows, StoredRows } from './bare-rows.ts';
import type { Compared, LabAnswer, LabCall, LabCalls, LabRequest } from './calls.ts';
import { draftOf } from './log-entries.ts';

const RECORD_LENGTH = 1024;
const LABEL = 'data/bench';
/** Records in one transaction while filling: so many that most leaves of the table are written once for several. */
const RECORDS_AT_ONCE = 20_000;
/** Entries in one transaction while filling. */
const ENTRIES_AT_ONCE = 1000;
/** Milliseconds after which a stretch of filling answers. */
const STRETCH = 10_000;
/** Reads behind one sample: the worker's clock steps by 0.1 ms. */
const GETS = 10;
/** Bytes of one of the vault's rows. */
const ROW_LENGTH = 1280;

const FACTS = 'lab';

/** What the laboratory must know after a restart of the worker, which ends when nothing asks it for a while. */
interface Facts {
  password: string;
  records: number;
  entries: number;
}

type Bench = { [C in LabCall]: (request: LabRequest<C>) => Promise<LabAnswer<C>> };

/** A vault over the browser's real stores, and the stopwatch beside it: runs inside the extension. */
export class Laboratory implements Bench {
  readonly #backend = indexedDbBackend();
  readonly #local = localKeyValue();
  readonly #session = sessionKeyValue();
  #keeper = this.#newKeeper();
  #facts: Facts = { password: '', records: 0, entries: 0 };

  async ask<C extends LabCall>(call: C, request: LabCalls[C][0]): Promise<LabCalls[C][1]> {
    const stored = await chrome.storage.session.get<{ [FACTS]?: Facts }>(FACTS);
    this.#facts = stored[FACTS] ?? this.#facts;
    // The class holds one method for each call, typed by the table.
    const method = this[call] as (request: LabCalls[C][0]) => Promise<LabCalls[C][1]>;
    const answer = await method.call(this, request);
    await chrome.storage.session.set({ [FACTS]: this.#facts });
    return answer;
  }

  async create({ password }: LabRequest<'create'>): Promise<LabAnswer<'create'>> {
    this.#facts.password = password;
    await this.#keeper.create({ password, mark: { shape: 'anchor', colour: 'sea' } });
    return {};
  }

  async fillRecords({ to }: LabRequest<'fillRecords'>): Promise<LabAnswer<'fillRecords'>> {
    const vault = await this.#keeper.open();
    await inStretch(
      () => this.#facts.records >= to,
      async () => {
        const end = Math.min(to, this.#facts.records + RECORDS_AT_ONCE);
        await vault.transact((tx) => {
          for (let index = this.#facts.records; index < end; index += 1)
            tx.put({ label: LABEL, index }, 1, newRecord());
          return Promise.resolve();
        });
        this.#facts.records = end;
      },
    );
    return { records: this.#facts.records };
  }

  async fillEntries({ to }: LabRequest<'fillEntries'>): Promise<LabAnswer<'fillEntries'>> {
    const log = this.#log(await this.#keeper.open());
    await inStretch(
      () => this.#facts.entries >= to,
      async () => {
        const end = Math.min(to, this.#facts.entries + ENTRIES_AT_ONCE);
        await log.transact(async (tx) => {
          for (let i = this.#facts.entries; i < end; i += 1) await tx.log(draftOf(i));
        });
        this.#facts.entries = end;
      },
    );
    return { entries: this.#facts.entries };
  }

  async timePuts({ samples }: LabRequest<'timePuts'>): Promise<Compared> {
    const vault = await this.#keeper.open();
    return this.#besideBareRow(samples, () => {
      const [index, bytes] = [this.#anyRecord(), newRecord()];
      return () => putRecord(vault, index, bytes);
    });
  }

  async timeGets({ samples }: LabRequest<'timeGets'>): Promise<Compared> {
    const vault = await this.#keeper.open();
    const stored = await StoredRows.open();
    try {
      return await inTurn(
        samples,
        async () => {
          for (let get = 0; get < GETS; get += 1) await readRecord(vault, this.#anyRecord());
        },
        async () => {
          for (let get = 0; get < GETS; get += 1) await stored.getAny();
        },
        GETS,
      );
    } finally {
      stored.close();
    }
  }

  async timeAppends({ samples }: LabRequest<'timeAppends'>): Promise<Compared> {
    const log = this.#log(await this.#keeper.open());
    return this.#besideBareRow(samples, () => {
      const draft = draftOf(this.#facts.entries);
      this.#facts.entries += 1;
      return () => log.transact((tx) => tx.log(draft));
    });
  }

  async timeUnlocks({ samples }: LabRequest<'timeUnlocks'>): Promise<Compared> {
    const header = await this.#backend.get('meta', HEADER_KEY);
    if (header === undefined) throw new Error('There is no vault.');
    const { m, t, p, salt } = decodeHeader(header).kdf;
    const cost = { m, t, p, dkLen: 64, maxmem: 2 ** 31 };
    const password = utf8(this.#facts.password);
    const times: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
    for (let sample = 0; sample < samples; sample += 1) {
      times.bare.push(await timed(() => argon2idAsync(password, salt, cost)));
      await this.#keeper.lock('person');
      times.ours.push(await timed(() => this.#keeper.unlock({ kind: 'password', password: this.#facts.password })));
    }
    return times;
  }

  async timeResumes({ samples }: LabRequest<'timeResumes'>): Promise<LabAnswer<'timeResumes'>> {
    const ours: number[] = [];
    for (let sample = 0; sample < samples; sample += 1) {
      const keeper = this.#newKeeper();
      ours.push(await timed(async () => readRecord(await keeper.open(), this.#anyRecord())));
      this.#keeper = keeper;
    }
    return { ours };
  }

  async verify(): Promise<LabAnswer<'verify'>> {
    const log = this.#log(await this.#keeper.open());
    const verification = await log.verify();
    let steps = 0;
    const took = await timed(async () => {
      for (; !verification.progress.done; steps += 1) await verification.step();
    });
    const { checked, problem } = verification.progress;
    if (problem !== undefined) throw new Error(`The log does not verify: ${problem.message}`);
    return { took, entries: checked, steps };
  }

  async kept(): Promise<LabAnswer<'kept'>> {
    return { records: this.#facts.records, rows: await this.#backend.count('records') };
  }

  async lock(): Promise<LabAnswer<'lock'>> {
    await this.#keeper.lock('person');
    return {};
  }

  #newKeeper(): VaultKeeper {
    const [backend, local, session] = [this.#backend, this.#local, this.#session];
    return new VaultKeeper({
      backend,
      local,
      session,
      clock: systemClock,
      journal: auditJournal(),
      kdfCost: () => calibratedCost(),
    });
  }

  #log(vault: OpenVault): AuditLog {
    return new AuditLog(vault, { clock: systemClock });
  }

  #anyRecord(): number {
    return Math.floor(Math.random() * this.#facts.records);
  }

  async #besideBareRow(samples: number, prepare: () => () => Promise<unknown>): Promise<Compared> {
    const rows = await BareRows.open();
    const row = randomBytes(ROW_LENGTH);
    const times: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
    for (let sample = 0; sample < samples; sample += 1) {
      times.ours.push(await timed(prepare()));
      times.bare.push(await timed(() => rows.put(row)));
    }
    return times;
  }
}

const newRecord = (): Uint8Array<ArrayBuffer> => randomBytes(RECORD_LENGTH);

function putRecord(vault: OpenVault, index: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  return vault.transact((tx) => {
    tx.put({ label: LABEL, index }, 1, bytes);
    return Promise.resolve();
  });
}

async function readRecord(vault: OpenVault, index: number): Promise<void> {
  const bytes = await vault.get({ label: LABEL, index }, 1);
  if (bytes?.length !== RECORD_LENGTH) throw new Error(`Record ${index} is not what was put.`);
}

/** Steps on until it is done, or a stretch is over. */
async function inStretch(isDone: () => boolean, step: () => Promise<void>): Promise<void> {
  const end = performance.now() + STRETCH;
  while (!isDone() && performance.now() < end) await step().catch(unlessOutrun);
}

/** In a page the real worker runs beside, and moves rows after an unlock: what it outran is done again. */
function unlessOutrun(error: unknown): void {
  if (SignetError.from(error).reason !== 'changed') throw error;
}

/** Each sample is the mean of what `act` did `each` times, in milliseconds. */
async function inTurn(
  samples: number,
  ours: () => Promise<void>,
  bare: () => Promise<void>,
  each: number,
): Promise<Compared> {
  const times: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
  for (let sample = 0; sample < samples; sample += 1) {
    times.ours.push((await timed(ours)) / each);
    times.bare.push((await timed(bare)) / each);
  }
  return times;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}
