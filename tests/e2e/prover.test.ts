import { setTimeout as pause } from 'node:timers/promises';
import type { CDPSession, Page, Target, WebWorker } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { bbsRequestHash, readBbsCredential, verifyBbsPresentation } from '../../lib/credentials/bbs/index.ts';
import type { BbsResult, RangeResult } from '../../lib/prover/index.ts';
import { CARD, NONCE, SHOP, SUITES, expecting, openClub } from '../fixtures/bbs/club.ts';
import { committed, holds, longJob, openJob, rangeJob } from '../fixtures/prover/jobs.ts';
import type { LabOptions, ProverLab, Went } from '../fixtures/prover/lab.ts';
import { makeProverExtension } from '../fixtures/prover/prover-extension.ts';
import type { ProverExtension } from '../fixtures/prover/prover-extension.ts';
import { openBrowser, serve, until } from './setup/harness.ts';
import type { ExtensionBrowser } from './setup/harness.ts';

type Job = Parameters<ProverLab['run']>[0];

/** A browser whose worker has the prover's client and nothing else. */
interface Lab extends AsyncDisposable {
  readonly opened: ExtensionBrowser;
  run(job: Job, options?: LabOptions): Promise<Went>;
  begin(name: string, job: Job, options?: LabOptions): Promise<void>;
  ended(name: string): Promise<Went>;
  cancel(name: string): Promise<void>;
  lock(): Promise<void>;
  /** The worker dies; whatever is asked next has a new one. */
  killWorker(): Promise<void>;
}

/** A start takes a third of a second. */
const STARTS_ENDED = 8;

const labIn = (): ProverLab => (globalThis as unknown as { lab: ProverLab }).lab; // put there by the laboratory's worker

async function openLab(extension: ProverExtension): Promise<Lab> {
  const opened = await openBrowser({ extensionPath: extension.path });
  let attached: WebWorker | undefined;
  const worker = async (): Promise<WebWorker> => (attached ??= await opened.worker());
  const within = async <A extends unknown[], T>(act: (...args: A) => T, ...args: A): Promise<Awaited<T>> => {
    const found = await worker();
    await found.evaluate(`globalThis.labIn = ${labIn.toString()}`);
    const inWorker = act as (...given: unknown[]) => T; // it is given just what it takes
    return found.evaluate<unknown[], typeof inWorker>(inWorker, ...args);
  };
  return {
    opened,
    run: (job, options = {}) => within((asked, how) => labIn().run(asked, how), job, options),
    begin: (name, job, options = {}) =>
      within((called, asked, how) => labIn().begin(called, asked, how), name, job, options),
    ended: (name) => within((called) => labIn().ended(called), name),
    cancel: (name) => within((called) => labIn().cancel(called), name),
    lock: () => within(() => labIn().lock()),
    killWorker: async () => {
      attached = undefined;
      await opened.killWorker();
    },
    async [Symbol.asyncDispose]() {
      await opened.close();
      await extension[Symbol.asyncDispose]();
    },
  };
}

const targets = ({ opened }: Lab, page: string): readonly Target[] =>
  opened.browser.targets().filter((target) => target.url() === opened.url(page));
const offscreens = (lab: Lab): readonly Target[] => targets(lab, 'offscreen.html');
const frames = (lab: Lab): readonly Target[] => targets(lab, 'prover.html');

async function offscreenPage(lab: Lab): Promise<Page> {
  await expect.poll(() => offscreens(lab).length).toBe(1);
  const page = await offscreens(lab)[0]?.asPage();
  if (page === undefined) throw new Error('There is no offscreen document.');
  return page;
}

/** Whether a text is among all that a script could still reach in a page or frame, or the engine has kept. */
async function remembers(target: Target, text: string): Promise<boolean> {
  const session: CDPSession = await target.createCDPSession();
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', {});
  await session.detach();
  return chunks.join('').includes(text);
}

/**
 * What a function gives that runs in the frame and uses nothing from outside itself. Fails while one frame takes the
 * place of another.
 */
async function inFrame<A>(lab: Lab, act: (argument: A) => unknown, argument: A): Promise<unknown> {
  const [frame] = frames(lab);
  if (frame === undefined) throw new Error('There is no frame.');
  const session = await frame.createCDPSession();
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression: `(${act.toString()})(${JSON.stringify(argument)})`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value as unknown;
}

/** Documents of the prover's that still know a text. Fails while one frame takes the place of another. */
async function whoRemembers(lab: Lab, text: string): Promise<string[]> {
  const who: string[] = [];
  if (frames(lab).length !== 1) throw new Error('The next frame is not there yet.');
  for (const target of [...offscreens(lab), ...frames(lab)]) {
    if (await remembers(target, text)) who.push(target.url());
  }
  return who;
}

const DONE = { progress: expect.arrayContaining([{ stage: 'starting', done: 0 }]) as unknown };

describe('the prover', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab(await makeProverExtension({ extensionPath: inject('extensionPath') }));
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  test('proves a range that a verifier takes, of this number and no other', async () => {
    const points = committed(4200n);
    const { result } = await lab.run(rangeJob(points, { gte: 1000, lte: 5000 }));
    const { range_proofs: proofs } = result as RangeResult; // what a range job answers
    expect(holds(points, proofs)).toBe(true);
    expect(holds(committed(4200n), proofs)).toBe(false);
    expect(JSON.stringify(proofs)).not.toContain(points.check.blinding);
  });

  test('proves an age of a committed birth date', async () => {
    const born = committed(36_500n, 16, 'date');
    const { result } = await lab.run(rangeJob(born, { age_at_least: 21, as_of: '2026-11-28' }));
    expect(holds(born, (result as RangeResult).range_proofs)).toBe(true); // what a range job answers
  });

  test('proves nothing that is not true', async () => {
    const { refused, result } = await lab.run(rangeJob(committed(4200n), { gte: 5000 }));
    expect(refused).toMatchObject({ reason: 'denied', field: 'entries[0]' });
    expect(result).toBeUndefined();
  });

  test.each(SUITES)('shows part of a card by %s, and knows its issuer', async (suite) => {
    const club = await openClub(suite);
    const credential = await club.issue();
    const binding = { origin: SHOP, nonce: NONCE, requestHash: bbsRequestHash(['member'], [CARD]) };
    const { result } = await lab.run({ kind: suite, credential, key: club.key, disclose: ['member'], binding });
    const { proof } = result as BbsResult; // what a BBS job answers
    expect(await verifyBbsPresentation(proof, expecting(club, ['member']))).toMatchObject({
      valid: true,
      disclosed: { member: true },
    });
    expect(readBbsCredential(credential).claims).toHaveProperty('tier', 'gold');
    const other = await openClub(suite, 8);
    expect(await lab.run({ kind: 'issued', credential, key: club.key })).toMatchObject({ result: { genuine: true } });
    expect(await lab.run({ kind: 'issued', credential, key: other.key })).toMatchObject({ result: { genuine: false } });
  });

  test('tells openings from what opens nothing', async () => {
    const [one, two] = [committed(1n), committed(2n)];
    expect(await lab.run(openJob(one, two))).toMatchObject({ result: { opens: true }, ...DONE });
    const wrong = { ...one, check: { ...one.check, value: '2' } };
    expect(await lab.run(openJob(two, wrong))).toMatchObject({ result: { opens: false } });
    const noPoint = { ...one, check: { ...one.check, point: '_'.repeat(42) + '8' } };
    expect(await lab.run(openJob(noPoint))).toMatchObject({ result: { opens: false } });
  });

  test('works in a frame without the extension, network, eval, storage or a way to its parent; wasm runs', async () => {
    await using server = await serve({ '/': { body: '{}', headers: { 'access-control-allow-origin': '*' } } });
    await lab.run(openJob(committed(1n)));
    const probe = async (url: string): Promise<unknown> => {
      const refusedBy = async (act: () => unknown): Promise<string> => {
        try {
          await act();
          return 'nothing';
        } catch (error) {
          return error instanceof Error ? error.name : String(error);
        }
      };
      // In a task of its own: what the protocol evaluates is free of the policy.
      const codeFromText = (): Promise<unknown> =>
        new Promise((resolve, reject) =>
          setTimeout(() => {
            try {
              resolve(new Function('return 1')); // eslint-disable-line @typescript-eslint/no-implied-eval
            } catch (error) {
              reject(error instanceof Error ? error : new Error('unknown'));
            }
          }),
        );
      const { chrome: extension } = globalThis as { chrome?: Readonly<Record<string, unknown>> };
      return {
        origin: self.origin,
        apis: ['runtime', 'storage', 'offscreen', 'tabs'].filter((name) => extension?.[name] !== undefined),
        fetch: await refusedBy(() => fetch(url)),
        socket: await refusedBy(
          () =>
            new Promise((resolve, reject) => {
              const socket = new WebSocket(url.replace('http', 'ws'));
              socket.onopen = resolve;
              socket.onerror = () => reject(new TypeError('closed'));
            }),
        ),
        code: await refusedBy(codeFromText),
        storage: await refusedBy(() => localStorage.length),
        database: await refusedBy(() => indexedDB.open('x')),
        parent: await refusedBy(() => window.parent.document),
        wasm: WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
        instance: await refusedBy(() => WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))),
      };
    };
    await expect
      .poll(() => inFrame(lab, probe, server.origin()))
      .toEqual({
        origin: 'null',
        apis: [],
        fetch: 'TypeError',
        socket: expect.stringMatching(/Error/) as unknown,
        code: 'EvalError',
        storage: 'SecurityError',
        database: 'SecurityError',
        parent: 'SecurityError',
        wasm: true,
        instance: 'nothing',
      });
    expect(server.received).toEqual([]);
  });

  test('stands in a document that keeps the policy of our pages: no eval, no wasm', async () => {
    await lab.run(openJob(committed(1n)));
    const page = await offscreenPage(lab);
    const seen = await page.evaluate(async () => {
      const wasm = await WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).catch(
        (error: unknown) => error,
      );
      const code = await new Promise((resolve) =>
        setTimeout(() => {
          try {
            resolve(new Function('return 1')); // eslint-disable-line @typescript-eslint/no-implied-eval
          } catch (error) {
            resolve(error);
          }
        }),
      );
      return [wasm, code].map((error) => (error instanceof Error ? error.name : 'allowed'));
    });
    expect(seen).toEqual(['CompileError', 'EvalError']);
  });

  test('takes no orders from a page of ours', async () => {
    await lab.run(openJob(committed(1n)));
    const app = await lab.opened.openApp();
    await app.evaluate(
      (job) => {
        const port = chrome.runtime.connect({ name: 'prover' });
        Object.assign(globalThis, { heard: [] });
        const { heard } = globalThis as unknown as { heard: unknown[] }; // put there in the line before
        port.onMessage.addListener((message) => void heard.push(message));
        port.onDisconnect.addListener(() => void heard.push('closed'));
        port.postMessage({ t: 'job', id: 1, job });
      },
      openJob(committed(1n)),
    );
    expect(await until(app, () => (globalThis as unknown as { heard: unknown[] }).heard.at(-1))).toBe('closed');
    expect(await app.evaluate('heard')).toEqual(['closed']);
    await app.close();
    expect(await lab.run(openJob(committed(1n)))).toMatchObject({ result: { opens: true } });
  });

  test('is stopped by its time limit in the middle of the work, and does the next job', async () => {
    await lab.run(openJob(committed(1n))); // so that no start is in the time
    const begun = performance.now();
    expect((await lab.run(longJob(committed(1n)))).result).toMatchObject({ opens: true });
    const timeLimit = (performance.now() - begun) / 3;
    const { refused, result } = await lab.run(longJob(committed(1n)), { timeLimit });
    expect(refused).toMatchObject({ reason: 'timed_out' });
    expect(result).toBeUndefined();
    expect(await lab.run(openJob(committed(1n)))).toMatchObject({ result: { opens: true } });
    expect(offscreens(lab)).toHaveLength(1);
  });

  test('is stopped when the job is cancelled, and does the one that waited', async () => {
    await lab.begin('long', longJob(committed(1n)));
    await lab.begin('next', openJob(committed(2n)));
    await expect.poll(() => frames(lab).length).toBe(1);
    await lab.cancel('long');
    expect((await lab.ended('long')).refused).toMatchObject({ reason: 'denied' });
    expect(await lab.ended('next')).toMatchObject({ result: { opens: true } });
  });

  test('goes when the vault locks, in the middle of the work, and comes back for the next job', async () => {
    await lab.begin('long', longJob(committed(1n)));
    await expect.poll(() => offscreens(lab).length).toBe(1);
    await lab.lock();
    expect((await lab.ended('long')).refused).toMatchObject({ reason: 'locked' });
    await expect.poll(() => [...offscreens(lab), ...frames(lab)].length).toBe(0);
    expect(await lab.run(openJob(committed(1n)))).toMatchObject({ result: { opens: true } });
  });

  test('comes back whenever the vault locked while it started', async () => {
    for (let delay = 0; delay < STARTS_ENDED; delay += 1) {
      await lab.begin('ended', openJob(committed(1n)));
      await pause(delay * 40); // another moment of the start each time
      await lab.lock();
      const { refused, result } = await lab.ended('ended');
      expect(refused ?? result).toMatchObject(result === undefined ? { reason: 'locked' } : { opens: true });
      expect(await lab.run(openJob(committed(2n)))).toMatchObject({ result: { opens: true } });
      await lab.lock();
    }
  });

  test('goes with the worker, in the middle of the work; the next worker has one of its own', async () => {
    await lab.begin('long', longJob(committed(1n)));
    await expect.poll(() => offscreens(lab).length).toBe(1);
    await lab.killWorker();
    expect(await lab.run(openJob(committed(1n)))).toMatchObject({ result: { opens: true } });
    expect(offscreens(lab)).toHaveLength(1);
    await lab.killWorker();
    await expect.poll(() => [...offscreens(lab), ...frames(lab)].length).toBe(0);
  });

  test('starts once for callers that come at once', async () => {
    await lab.lock();
    for (const name of ['a', 'b', 'c']) await lab.begin(name, openJob(committed(1n)));
    for (const name of ['a', 'b', 'c']) expect(await lab.ended(name)).toMatchObject({ result: { opens: true } });
    expect(offscreens(lab)).toHaveLength(1);
  });

  test('keeps nothing of a job that is done', async () => {
    const number = committed(1n);
    await lab.run(openJob(number));
    await expect.poll(() => whoRemembers(lab, number.check.blinding)).toEqual([]);
  });
});

describe('a frame that takes its job and never answers', () => {
  const SILENT = `const jobs = globalThis.jobs = [];
addEventListener('message', ({ data }) => jobs.push(data));
parent.postMessage({ t: 'ready' }, location.origin);`;
  let lab: Lab;
  beforeEach(async () => {
    lab = await openLab(await makeProverExtension({ extensionPath: inject('extensionPath'), sandboxScript: SILENT }));
  });
  afterEach(() => lab[Symbol.asyncDispose]());

  test('is gone after the time limit or a cancel, and what it was given with it', async () => {
    const number = committed(1n);
    await lab.begin('silent', openJob(number));
    await expect.poll(() => frames(lab).length).toBe(1);
    const [first] = frames(lab);
    if (first === undefined) throw new Error('There is no frame.');
    await expect.poll(() => remembers(first, number.check.blinding)).toBe(true);
    await lab.cancel('silent');
    expect((await lab.ended('silent')).refused).toMatchObject({ reason: 'denied' });
    await expect.poll(() => frames(lab).filter((frame) => frame !== first).length).toBe(1);
    expect(frames(lab)).not.toContain(first);
    await expect.poll(() => whoRemembers(lab, number.check.blinding)).toEqual([]);
    expect((await lab.run(openJob(number), { timeLimit: 500 })).refused).toMatchObject({ reason: 'timed_out' });
  });
});

describe('a frame that never comes to an end', () => {
  const SPINNING = `addEventListener('message', ({ data }) => { while (data.t === 'job'); });
parent.postMessage({ t: 'ready' }, location.origin);`;

  test('is ended by the time limit, each time', async () => {
    const extension = await makeProverExtension({ extensionPath: inject('extensionPath'), sandboxScript: SPINNING });
    await using lab = await openLab(extension);
    for (let round = 0; round < 3; round += 1) {
      const { refused, took } = await lab.run(openJob(committed(1n)), { timeLimit: 1_500 });
      expect(refused).toMatchObject({ reason: 'timed_out' });
      expect(took).toBeLessThan(6_000);
    }
    await lab.lock();
    await expect.poll(() => [...offscreens(lab), ...frames(lab)].length).toBe(0);
  });
});
