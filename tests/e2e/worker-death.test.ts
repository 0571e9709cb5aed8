import type { CDPSession, Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SecretBytes, fromBase64 } from '../../lib/core/index.ts';
import type { ProofWaiting } from '../../lib/messaging/contract.ts';
import { openRow } from '../../lib/requests/sealed-row.ts';
import { SeededRandom } from '../fixtures/seeded-random.ts';
import { begin, ended, isPending } from './page-calls.ts';
import type { Reaper } from './reaper.ts';
import { createReaper } from './reaper.ts';
import type { Scene } from './scene.ts';
import { askInWindow, copiesLeft, entriesOf, openScene, untilArmed, untilNoWindow, untilShown } from './scene.ts';
import { acceptLicence, approve, askWallet, clickWhenArmed, dumpStorage, text, untilSays } from './setup/harness.ts';
import type { TinyIssuer } from './tiny-issuer.ts';
import { startTinyIssuer } from './tiny-issuer.ts';

/** Moments at which the worker dies around the click: more of them with `npm run test:long`. */
const MOMENTS = Number(process.env['SIGNET_KILLS'] ?? 6);
const SEED = Number(process.env['SIGNET_SEED'] ?? Date.now() % 1_000_000);
/** Milliseconds before and after the click in which a moment may fall. */
const SPAN = { before: 30, after: 220 } as const;

let scene: Scene;
let reaper: Reaper;
let shop: Page;
/** Consent windows that were opened since the test began. */
let windows: string[];

beforeAll(async () => {
  scene = await openScene();
  reaper = await createReaper(scene.opened);
  scene.opened.browser.on('targetcreated', (target) => {
    if (target.url().includes('consent.html')) windows.push(target.url());
  });
});
afterAll(() => scene[Symbol.asyncDispose]());

/** The last copy of a credential is kept when it is used: no credential may be down to it. */
async function withoutLastCopies(): Promise<void> {
  const { credentials } = await askWallet(scene.app, 'credentials.list', {});
  const few = credentials.filter(({ instancesLeft }) => instancesLeft < 2);
  for (const { id } of few) await askWallet(scene.app, 'credentials.delete', { id });
  if (few.length > 0) await acceptLicence(scene.opened, scene.issuer);
}

beforeEach(async () => {
  await withoutLastCopies();
  shop = await scene.visit();
  windows = [];
});
afterEach(() => scene.leave());

/** What holds after every single yes: one copy fewer, one entry more, nothing waits, one window was seen. */
async function countingOneYes<T>(yes: () => Promise<T>): Promise<T> {
  const before = { copies: await copiesLeft(scene.app), entries: await entriesOf(scene.app, 'proof.allowed') };
  const result = await yes();
  await untilNoWindow(scene.opened);
  expect(await copiesLeft(scene.app)).toBe(before.copies - 1);
  expect(await entriesOf(scene.app, 'proof.allowed')).toBe(before.entries + 1);
  expect((await askWallet(scene.app, 'requests.list', {})).waiting).toEqual([]);
  expect(windows).toHaveLength(1);
  return result;
}

/** The proof that waits. */
async function waiting(): Promise<ProofWaiting> {
  const [first] = (await askWallet(scene.app, 'requests.list', {})).waiting;
  if (first?.kind !== 'proof') throw new Error('No proof is waited for.');
  return first;
}

const GRANTED = { value: { claims: { age_over_21: true }, format: 'dc+sd-jwt' } };

const after = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('a worker that dies before the decision', () => {
  test('is back for it, with the same window', async () => {
    const consent = await askInWindow(scene, shop);
    await reaper.kill();
    expect(await isPending(shop, 'proof')).toBe(true);
    await countingOneYes(async () => {
      await approve(consent);
      expect(await ended(shop, 'proof')).toMatchObject(GRANTED);
    });
  });

  test('and again and again is back every time, and takes the focus from nobody', async () => {
    const consent = await askInWindow(scene, shop);
    for (let deaths = 0; deaths < 3; deaths += 1) {
      await reaper.kill();
      await scene.opened.workerTarget();
    }
    await untilArmed(consent);
    await consent.evaluate(() => {
      addEventListener('focus', () => Object.assign(globalThis, { focusedAgain: true }));
    });
    await shop.bringToFront();
    await reaper.kill();
    await scene.opened.workerTarget();
    // The worker has heard the document again once it answers another of its calls.
    await shop.evaluate(`signet.permissions()`);
    expect(await consent.evaluate('globalThis.focusedAgain')).toBeUndefined();
    expect(windows).toHaveLength(1);
    await consent.close();
    expect(await ended(shop, 'proof')).toMatchObject({ code: 4001 });
  });

  test('is woken by a request', async () => {
    await reaper.kill();
    expect(scene.opened.isWorkerRunning()).toBe(false);
    const consent = await askInWindow(scene, shop);
    await consent.close();
    expect(await ended(shop, 'proof')).toMatchObject({ code: 4001 });
  });

  test('denies when the window is closed while it is dead', async () => {
    const consent = await askInWindow(scene, shop);
    await reaper.kill();
    await consent.close();
    expect(await ended(shop, 'proof')).toMatchObject({ code: 4001 });
    expect(windows).toHaveLength(1);
  });
});

describe('a worker that dies around the decision', () => {
  const random = new SeededRandom(SEED);
  const span = SPAN.before + SPAN.after;
  // One moment in each of as many equal parts of the span, so that few runs still reach all of it.
  const moments = Array.from({ length: MOMENTS }, (_, i) => ((i + random.next()) / MOMENTS) * span - SPAN.before);

  test.for(moments.map((moment) => Math.round(moment)))(
    `sends one proof and uses one copy, seed ${SEED}: %i ms after the click`,
    async (moment) => {
      const consent = await askInWindow(scene, shop, 'first');
      const { requestId } = await waiting();
      await untilArmed(consent);
      await countingOneYes(async () => {
        const click = after(Math.max(0, -moment)).then(() => approve(consent));
        const death = after(Math.max(0, moment)).then(() => reaper.strike());
        await Promise.all([click.catch(ignoreClosedWindow), death]);
        expect(await ended(shop, 'first')).toMatchObject({
          value: { ...GRANTED.value, requestId },
        });
      });
    },
  );
});

/** The window may go, its purpose served, before the protocol has told of the click. */
function ignoreClosedWindow(error: unknown): void {
  if (!/closed|detached|Target|Session/i.test(String(error))) throw error;
}

describe('a worker that dies after the decision', () => {
  test('has stored the very bytes that the page gets, before it got them', async () => {
    const consent = await askInWindow(scene, shop);
    const { requestId } = await waiting();
    const held = await holdStill(shop);
    await countingOneYes(async () => {
      await approve(consent);
      await untilNoWindow(scene.opened);
      const stored = await storedAnswer(requestId);
      await reaper.kill();
      await held.letGo();
      expect(await ended(shop, 'proof')).toEqual({ value: stored });
    });
  });

  test('and has not told the page yet tells it when it is back', async () => {
    const consent = await askInWindow(scene, shop);
    await countingOneYes(async () => {
      await approve(consent);
      await reaper.kill();
      expect(await ended(shop, 'proof')).toMatchObject(GRANTED);
    });
  });
});

/** Freezes the page, as the browser does with tabs nobody looks at: nothing reaches it until it is let go. */
async function holdStill(page: Page): Promise<{ letGo(): Promise<void> }> {
  const session: CDPSession = await page.createCDPSession();
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  return {
    async letGo() {
      await session.send('Page.setWebLifecycleState', { state: 'active' });
      await session.detach();
    },
  };
}

/** The answer to a request as it is stored, opened with the session's key as the worker would. */
async function storedAnswer(requestId: string): Promise<unknown> {
  const { rows } = await dumpStorage(scene.app);
  const key = rows.find(({ where }) => where === 'storage.session/requests.key')?.bytes.toString() ?? '';
  const row = rows.find(({ where }) => where.endsWith(`/requests/${Buffer.from(requestId).toString('hex')}`));
  const request = row && openRow(SecretBytes.take(fromBase64(key)), requestId, row.bytes);
  if (request?.state.phase !== 'answered' || !request.state.answer.ok) throw new Error('No yes is stored.');
  return request.state.answer.result;
}

describe('a worker that dies while an offer is received', () => {
  let issuer: TinyIssuer;
  let counter: Page;

  beforeEach(async () => {
    issuer = await startTinyIssuer();
    counter = await scene.opened.browser.newPage();
    await counter.goto(issuer.origin);
    return () => issuer[Symbol.asyncDispose]();
  });

  test('leaves nothing half stored; a second try works, and the page gets its answer', async () => {
    const before = await copiesLeft(scene.app);
    const appears = scene.opened.nextConsent();
    await begin(counter, 'offer', `signet.offerCredential(${JSON.stringify({ credential_offer: issuer.offer })})`);
    const consent = await appears;
    await clickWhenArmed(consent, text('offer_continue'));

    const hold = issuer.hold('/credential');
    await clickWhenArmed(consent, text('offer_accept'));
    await hold.reached;
    await reaper.kill();
    hold.release();
    await untilSays(consent, 'Signet was interrupted. Please try again.');
    expect(await isPending(counter, 'offer')).toBe(true);
    expect(await copiesLeft(scene.app)).toBe(before);

    await clickWhenArmed(consent, text('offer_accept'));
    expect(await ended(counter, 'offer')).toEqual({ value: { accepted: true, credentials: 10 } });
    expect(await copiesLeft(scene.app)).toBe(before + 10);
    expect(windows).toHaveLength(1);
  });

  test('lets the person give up: the page is told no, and nothing was stored', async () => {
    const before = await copiesLeft(scene.app);
    const appears = scene.opened.nextConsent();
    await begin(counter, 'offer', `signet.offerCredential(${JSON.stringify({ credential_offer: issuer.offer })})`);
    const consent = await appears;
    const hold = issuer.hold('/.well-known/openid-credential-issuer');
    await clickWhenArmed(consent, text('offer_continue'));
    await hold.reached;
    await reaper.kill();
    hold.release();
    await consent.close();
    expect(await ended(counter, 'offer')).toMatchObject({ code: 4001 });
    expect(await copiesLeft(scene.app)).toBe(before);
  });
});

test('two calls that share a request get the same bytes, whenever the worker dies', async () => {
  const consent = await askInWindow(scene, shop, 'first');
  const again = await repeatFirst();
  await untilShown(consent, again);
  await countingOneYes(async () => {
    await approve(consent);
    await reaper.strike();
    const first = await ended(shop, 'first');
    expect(first).toMatchObject(GRANTED);
    expect(await ended(shop, 'again')).toEqual(first);
  });
});

/** Makes the call of `first` once more, word for word. @returns its purpose */
async function repeatFirst(): Promise<string> {
  const { purpose } = await waiting();
  const number = /\d+$/.exec(purpose)?.[0] ?? '';
  const request = { claims: ['age_over_21'], nonce: number.padStart(22, 'A'), purpose };
  await begin(shop, 'again', `signet.requestProof(${JSON.stringify(request)})`);
  return purpose;
}
