import type { DatabaseSync } from 'node:sqlite';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SignetError } from '../../lib/core/index.ts';
import type { Decimal, Memory, Spending, Verdict } from '../../lib/tool-policy/index.ts';
import { ZERO, formatDecimal, parseDecimal, plus } from '../../lib/tool-policy/index.ts';
import { openSqlite } from './open-sqlite.ts';
import { writeWhole } from './write-whole.ts';

/** A decision as it is kept. */
export interface LoggedCall {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly tool: string;
  readonly verdict: Verdict;
  readonly rule: string | undefined;
  /** At most 500 bytes of what the call was about. */
  readonly detail: string;
  readonly spending: Spending;
  readonly useId: string | undefined;
}

export interface LogRow {
  readonly time: number;
  readonly tool: string;
  readonly verdict: string;
  readonly rule: string | null;
  readonly detail: string;
  readonly category: string;
  readonly amount: string;
  /** Whether it was allowed, or asked about and then done. */
  readonly done: number;
}

const DATABASE = 'ledger.sqlite';
/** Says that there is a ledger, and which: without it a lost one would look like none yet. */
const MARK = 'ledger.id';
const KEPT = 50_000;
const TOTAL = 'total';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS spent (category TEXT PRIMARY KEY, total TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS log (
    id INTEGER PRIMARY KEY, time INTEGER NOT NULL, tool TEXT NOT NULL, verdict TEXT NOT NULL, rule TEXT,
    detail TEXT NOT NULL, category TEXT NOT NULL, amount TEXT NOT NULL, done INTEGER NOT NULL, use_id TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS log_done ON log (id) WHERE done = 1;
  CREATE INDEX IF NOT EXISTS log_use ON log (use_id) WHERE use_id IS NOT NULL;
`;

/**
 * What was decided, done and spent: one database, one writer at a time, each change whole and on the disk before it is
 * told. Never deleted by itself; one that is lost or damaged is told from one that was never begun.
 */
export class Ledger implements Omit<Memory, 'hasCredential'> {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @throws SignetError storage_failed when it is lost, damaged, of another folder, or cannot be opened here */
  static open(folder: string): Ledger {
    try {
      return new Ledger(openDatabase(folder));
    } catch (cause) {
      throw new SignetError('storage_failed', LOST, { cause });
    }
  }

  /** Begins anew: nothing was decided, done or spent. */
  static reset(folder: string): void {
    for (const name of [MARK, DATABASE, `${DATABASE}-journal`]) rmSync(join(folder, name), { force: true });
    Ledger.open(folder).close();
  }

  /** Where it lies, whether there is one or not. */
  static filesIn(folder: string): { readonly mark: string; readonly database: string } {
    return { mark: join(folder, MARK), database: join(folder, DATABASE) };
  }

  /** Looks at every page of it. */
  isWhole(): boolean {
    return this.#database.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'] === 'ok';
  }

  close(): void {
    this.#database.close();
  }

  /** Nobody else writes meanwhile. What throws leaves everything as it was. @param act does not wait for anything */
  alone<Result>(act: () => Result): Result {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = act();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  spent(category: string): Decimal {
    const row = this.#database.prepare('SELECT total FROM spent WHERE category = ?').get(keyOf(category));
    return row === undefined ? ZERO : exactly(row['total']);
  }

  hasRecent(terms: readonly string[], within: number): boolean {
    const query = `SELECT lower(tool || char(10) || detail) AS text FROM log WHERE done = 1 ORDER BY id DESC LIMIT ?`;
    const wanted = terms.map((term) => term.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
    return this.#database
      .prepare(query)
      .all(within)
      .some(({ text }) => typeof text === 'string' && wanted.some((term) => text.includes(term)));
  }

  /** Whether a policy file was in force before. */
  knowsPolicy(): boolean {
    return this.#database.prepare("SELECT 1 FROM fact WHERE name = 'policy'").get() !== undefined;
  }

  rememberPolicy(): void {
    this.#database.exec("INSERT OR IGNORE INTO fact VALUES ('policy', 'file')");
  }

  /** Whether the policy file was sealed. */
  knowsSeal(): boolean {
    return this.#database.prepare("SELECT 1 FROM fact WHERE name = 'seal'").get() !== undefined;
  }

  rememberSeal(): void {
    this.#database.exec("INSERT OR IGNORE INTO fact VALUES ('seal', 'policy')");
  }

  /** The person took the seal away. */
  forgetSeal(): void {
    this.#database.exec("DELETE FROM fact WHERE name = 'seal'");
  }

  /** How often a constraint of the task was broken. Only `reset` forgets: a new task file does not lift a lockout. */
  violations(): number {
    return Number(this.#database.prepare("SELECT value FROM fact WHERE name = 'violations'").get()?.['value'] ?? 0);
  }

  addViolation(): void {
    this.#database.prepare("INSERT OR REPLACE INTO fact VALUES ('violations', ?)").run(String(this.violations() + 1));
  }

  /** Keeps a decision, and counts what was allowed to be spent. */
  add({ time, tool, verdict, rule, detail, spending, useId }: LoggedCall): void {
    const done = verdict === 'ALLOW';
    const { lastInsertRowid } = this.#database
      .prepare(
        'INSERT INTO log (time, tool, verdict, rule, detail, category, amount, done, use_id) VALUES (?,?,?,?,?,?,?,?,?)',
      )
      .run(
        ...[time, tool.toWellFormed().slice(0, 200), verdict, rule ?? null, detail],
        ...[spending.category, formatDecimal(spending.amount), done ? 1 : 0, useId ?? null],
      );
    if (done) this.#count(spending);
    this.#prune(Number(lastInsertRowid));
  }

  /** A call that was asked about has been done: now it counts. Only once, and only what was asked. */
  markDone(useId: string): void {
    const query = "SELECT id, category, amount FROM log WHERE use_id = ? AND verdict = 'ASK' AND done = 0";
    const row = this.#database.prepare(`${query} ORDER BY id DESC LIMIT 1`).get(useId);
    if (row === undefined) return;
    this.#database.prepare('UPDATE log SET done = 1 WHERE id = ?').run(Number(row['id']));
    this.#count({ category: String(row['category']), amount: exactly(row['amount']) });
  }

  /** The last decisions, newest first. */
  last(count: number): readonly LogRow[] {
    const columns = 'time, tool, verdict, rule, detail, category, amount, done';
    const rows = this.#database.prepare(`SELECT ${columns} FROM log ORDER BY id DESC LIMIT ?`).all(count);
    return rows as unknown as readonly LogRow[]; // the table is strict and the columns are these
  }

  /** What was spent, by category; `total` is all of it. */
  spendings(): Readonly<Record<string, string>> {
    const rows = this.#database.prepare('SELECT category, total FROM spent ORDER BY category').all();
    return Object.fromEntries(
      rows.map(({ category, total }) => [String(category).replace(/^of:/, ''), formatDecimal(exactly(total))]),
    );
  }

  #count({ category, amount }: Spending): void {
    if (amount === ZERO) return;
    for (const name of new Set([keyOf(''), keyOf(category)])) {
      const total = formatDecimal(plus(this.#stored(name), amount));
      this.#database.prepare('INSERT OR REPLACE INTO spent VALUES (?, ?)').run(name, total);
    }
  }

  #stored(name: string): Decimal {
    const row = this.#database.prepare('SELECT total FROM spent WHERE category = ?').get(name);
    return row === undefined ? ZERO : exactly(row['total']);
  }

  /** What was denied never pushes out what was done: rules look back at that. */
  #prune(newest: number): void {
    if (newest % 1000 !== 0) return;
    this.#database.prepare('DELETE FROM log WHERE done = 0 AND id <= ?').run(newest - KEPT);
    const last = `SELECT id FROM log WHERE done = 1 ORDER BY id DESC LIMIT 1 OFFSET ?`;
    this.#database.prepare(`DELETE FROM log WHERE done = 1 AND id <= (${last})`).run(KEPT);
  }
}

export const LOST = 'What was done and spent before cannot be read. `signet log --reset`, by a person, begins anew.';

/** All together under a name that no category has. */
const keyOf = (category: string): string => (category === '' ? TOTAL : `of:${category}`);

function exactly(text: unknown): Decimal {
  const value = typeof text === 'string' ? parseDecimal(text) : undefined;
  if (value === undefined) throw new SignetError('storage_failed', LOST);
  return value;
}

function openDatabase(folder: string): DatabaseSync {
  const [path, mark] = [join(folder, DATABASE), join(folder, MARK)];
  const expected = existsSync(mark) ? readFileSync(mark, 'utf8') : undefined;
  if (expected === undefined) createFile(folder, path);
  else if (!existsSync(path)) throw new Error('The ledger is gone.');
  const database = openSqlite(path);
  try {
    const id = expected === undefined ? begin(database) : idOf(database);
    if (expected === undefined) writeWhole(mark, id);
    else if (id !== expected) throw new Error('This is another ledger.');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Made before SQLite opens it, so that nobody else can ever read it; its journal takes the same mode. */
function createFile(folder: string, path: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}

function begin(database: DatabaseSync): string {
  database.exec('BEGIN IMMEDIATE');
  database.exec(SCHEMA);
  database.prepare("INSERT OR IGNORE INTO fact VALUES ('id', ?)").run(crypto.randomUUID());
  database.exec('COMMIT');
  return idOf(database);
}

function idOf(database: DatabaseSync): string {
  return String(database.prepare("SELECT value FROM fact WHERE name = 'id'").get()?.['value']);
}
