import type { CDPSession, Page, Target } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunningIssuer } from '../../demo/issuer/server.ts';
import { startIssuer } from '../../demo/issuer/server.ts';
import type { RunningShop } from '../../demo/shop/server.ts';
import { startShop } from '../../demo/shop/server.ts';
import { findIn } from '../fixtures/find-in.ts';
import { atTheDoor, hasBytes, nextIssued, pageView, personCalled, secretsOf } from './on-the-wire.ts';
import { createReaper } from './reaper.ts';
import type { Reaper } from './reaper.ts';
import { copiesLeft, entriesOf, untilNoWindow } from './scene.ts';
import {
  acceptOffer,
  approve,
  armed,
  axe,
  clickWhenArmed,
  createVault,
  deny,
  openBrowser,
  screenshot,
  text,
  untilSays,
} from './setup/harness.ts';
import type { ExtensionBrowser } from './setup/harness.ts';

const ada = personCalled('ada');
/** What no door asks: all that the licence and the card say beside the two facts, and the number under the seal. */
const SECRETS = [...secretsOf(ada), String(daysSince1900(ada.birthdate)), 'gold', '2019'];

let issuer: RunningIssuer;
let shop: RunningShop;
let opened: ExtensionBrowser;
/** A page of ours, to ask the worker from. */
let app: Page;
let reaper: Reaper;
/** What the issuer sent for the licence. */
let issued: string;

beforeAll(async () => {
  issuer = await startIssuer();
  shop = await openShop();
  opened = await openBrowser();
  app = await opened.openApp();
  await createVault(app);
  reaper = await createReaper(opened);
  const answered = nextIssued();
  await take('driving-licence', acceptOffer);
  issued = await answered;
});

afterAll(async () => {
  await opened.close();
  await shop.close();
  await issuer.close();
});

afterEach(async () => {
  const pages = await opened.browser.pages();
  await Promise.all(pages.filter((page) => page.url().startsWith(shop.origin)).map((page) => page.close()));
  await untilNoWindow(opened);
});

const openShop = (): Promise<RunningShop> =>
  startShop({
    issuers: [{ issuer: issuer.origin, type: issuer.licenceType }],
    clubs: [{ issuer: issuer.origin, type: issuer.membershipType }],
  });

/** Gets something from the issuer's page. */
async function take(credential: string, accept: (consent: Page) => Promise<void>): Promise<void> {
  const counter = await opened.browser.newPage();
  await counter.goto(issuer.origin);
  await counter.waitForSelector('#people input');
  await counter.click(`[value="${credential}"]`);
  const appears = opened.nextConsent();
  await counter.click('#get');
  await accept(await appears);
  await counter.waitForSelector('#outcome[data-kind="good"]');
  await counter.close();
}

/** Comes to a door, and knocks. */
async function knock(button: string): Promise<{ readonly door: Page; readonly consent: Page }> {
  const door = await atTheDoor(opened, shop);
  const appears = opened.nextConsent();
  await door.click(button);
  return { door, consent: await appears };
}

const letIn = (door: Page): Promise<unknown> => door.waitForSelector('#inside:not([hidden])');

/** Goes in by a door. Returns what page and server have of it: all that the shop could keep. */
async function visit(button: string, look?: (consent: Page) => Promise<void>) {
  const before = shop.received().length;
  const { door, consent } = await knock(button);
  await armed(consent, text('allow_once'));
  await look?.(consent);
  await approve(consent);
  await letIn(door);
  // Put there by `atTheDoor`.
  const answer = (await door.evaluate(() => Reflect.get(window, 'answer') as unknown)) as Record<string, unknown>;
  return { answer, got: Buffer.concat([await pageView(door), shop.received().subarray(before)]) };
}

test('the pages of issuer and shop read well in both themes', async () => {
  for (const [name, { origin }] of Object.entries({ issuer, shop })) {
    const page = await opened.browser.newPage();
    await page.goto(origin);
    await page.waitForSelector(name === 'issuer' ? '#people input' : '#door');
    await screenshot(`demo-${name}`, page);
    expect(await axe(page)).toEqual([]);
    await page.close();
  }
});

test('a club card is offered in two steps, which read well in both themes', async () => {
  const screens: string[] = [];
  await take('membership', (consent) =>
    acceptOffer(consent, async (name) => {
      screens.push(name);
      await screenshot(name.replace('offer', 'card-offer'), consent);
      expect(await axe(consent)).toEqual([]);
    }),
  );
  expect(screens).toEqual(['consent-offer-ask', 'consent-offer-review']);
});

describe('each door opens, and the shop has nothing beside the one fact', () => {
  test('over 21 as the licence says it', async () => {
    const { answer, got } = await visit('#prove');
    expect(answer).toMatchObject({ format: 'dc+sd-jwt', claims: { age_over_21: true } });
    expect(shop.checked.at(-1)).toMatchObject({ valid: true, scope: ['age_over_21'] });
    expect(findIn(got, SECRETS)).toEqual([]);
  });

  test('over 21 by range proof: not the date, not the number under the seal, not what opens it', async () => {
    const { answer, got } = await visit('#prove-range', async (consent) => {
      await untilSays(consent, text('fact_over', '21'));
      await screenshot('consent-range', consent);
      expect(await axe(consent)).toEqual([]);
    });
    expect(answer).toMatchObject({ format: 'bulletproof' });
    expect(shop.checked.at(-1)).toMatchObject({
      valid: true,
      format: 'bulletproof',
      claims: { birth_date: { age_at_least: 21 } },
      scope: ['birth_date'],
    });
    expect(findIn(got, SECRETS)).toEqual([]);
    expect(blindingsIn(issued).filter((blinding) => hasBytes(got, blinding))).toEqual([]);
  });

  test('member, twice: what the visits share is the public header and the fact', async () => {
    const first = await visit('#prove-member', async (consent) => {
      await screenshot('consent-member', consent);
      expect(await axe(consent)).toEqual([]);
    });
    const second = await visit('#prove-member');
    for (const { answer, got } of [first, second]) {
      expect(answer).toMatchObject({ format: 'bbs', claims: { member: true } });
      expect(findIn(got, SECRETS)).toEqual([]);
    }
    expect(shop.checked.slice(-2)).toMatchObject([
      { valid: true, format: 'bbs', holder: 'none', scope: ['member'] },
      { valid: true, format: 'bbs', holder: 'none', scope: ['member'] },
    ]);

    const [one, two] = [first, second].map(({ answer }) => shownIn(answer['proof']));
    if (one === undefined || two === undefined) throw new Error('There were not two visits.');
    expect(Object.keys(one).sort()).toEqual(['disclosed', 'header', 'proof', 'suite', 'v']);
    expect(one.disclosed).toEqual({ member: true });
    expect({ ...one, proof: '' }).toEqual({ ...two, proof: '' });
    const parts = (proof: string) => piecesOf(Buffer.from(proof, 'base64url'));
    const seen = parts(one.proof);
    expect([...parts(two.proof)].filter((piece) => seen.has(piece))).toEqual([]);
  });

  test('a search for what is secret does find it where it is: in what the issuer sent', () => {
    const sent = Buffer.from(issued);
    expect(findIn(sent, SECRETS)).toEqual(expect.arrayContaining([ada.birthdate, 'Ada', 'Lumen', '33008']));
    const blindings = blindingsIn(issued);
    expect(new Set(blindings.map((blinding) => blinding.toString('hex'))).size).toBe(10);
    for (const blinding of blindings) {
      expect(hasBytes(Buffer.from(`{"x":"${Buffer.from(blinding).toString('base64url')}"}`), blinding)).toBe(true);
      expect(hasBytes(sent, blinding)).toBe(true);
    }
  });
});

test('who says no at a door stays outside, and the shop’s server gets nothing', async () => {
  for (const button of ['#prove-range', '#prove-member']) {
    const { door, consent } = await knock(button);
    const before = shop.checked.length;
    await deny(consent);
    await door.waitForSelector('#outcome[data-kind="bad"]');
    expect(await door.evaluate(() => Reflect.get(window, 'refused') as unknown)).toMatchObject({ code: 4001 });
    expect(shop.checked).toHaveLength(before);
    await untilNoWindow(opened);
    await door.close();
  }
});

describe('the prover, stopped in the middle of a proof', () => {
  /** A door, and how many copies one proof at it uses. */
  const doors = [
    ['#prove-range', 1],
    ['#prove-member', 0],
  ] as const;

  beforeEach(async () => {
    // Another one for each test: a shop that asks as fast as tests do is told to wait.
    await shop.close();
    shop = await openShop();
    // The prover stays for half a minute after a proof, and so it can be watched when it gets the next.
    await visit('#prove-member');
  });

  /** What holds after every single yes, whatever died on the way: one proof came, one entry tells of it. */
  async function countingOneYes(copies: number, yes: () => Promise<void>): Promise<void> {
    const before = await counts();
    await yes();
    await untilNoWindow(opened);
    expect(await counts()).toEqual({
      copies: before.copies - copies,
      entries: before.entries + 1,
      checked: before.checked + 1,
    });
    expect(shop.checked.at(-1)).toMatchObject({ valid: true });
  }

  const counts = async () => ({
    copies: await copiesLeft(app),
    entries: await entriesOf(app, 'proof.allowed'),
    checked: shop.checked.length,
  });

  test.for(doors)('by the worker’s death, at %s: one click is enough, and there is one answer', async (at) => {
    const [button, copies] = at;
    const { door, consent } = await knock(button);
    const { reached } = await stopAtNextJob();
    await countingOneYes(copies, async () => {
      await approve(consent);
      await reached;
      await reaper.kill();
      await letIn(door);
    });
  });

  test.for(doors)('by its own end, at %s: the person is told, tries again, and it works', async (at) => {
    const [button, copies] = at;
    const { door, consent } = await knock(button);
    const { reached } = await stopAtNextJob();
    await countingOneYes(copies, async () => {
      await approve(consent);
      await reached;
      await closeProver();
      await untilSays(consent, 'The proof was interrupted. Nothing was sent. Please try again.');
      await screenshot('consent-prover-ended', consent);
      expect(await axe(consent)).toEqual([]);
      expect(await door.evaluate(() => Reflect.get(window, 'answer') as unknown)).toBeUndefined();
      await clickWhenArmed(consent, text('allow_once'));
      await letIn(door);
    });
  });
});

const targetsOf = (page: string): readonly Target[] =>
  opened.browser.targets().filter((target) => target.url() === opened.url(page));

/** Has the prover's frame stand still at the first step of its next job. `reached`: it does. */
async function stopAtNextJob(): Promise<{ readonly reached: Promise<unknown> }> {
  await expect.poll(() => targetsOf('prover.html').length).toBe(1);
  const [frame] = targetsOf('prover.html');
  if (frame === undefined) throw new Error('There is no frame.');
  const session = await frame.createCDPSession();
  const reached = new Promise((resolve) => session.once('Debugger.paused', resolve));
  await session.send('Debugger.enable');
  await session.send('Debugger.pause');
  return { reached };
}

/** Ends the offscreen document, and with it the prover's frame, as a browser short of memory does. */
async function closeProver(): Promise<void> {
  const session: CDPSession = await opened.browser.target().createCDPSession();
  const { targetInfos } = await session.send('Target.getTargets');
  const prover = targetInfos.find(({ url }) => url === opened.url('offscreen.html'));
  if (prover === undefined) throw new Error('There is no offscreen document.');
  await session.send('Target.closeTarget', { targetId: prover.targetId });
  await session.detach();
}

/** Days from 1900-01-01 to a date, as the licence seals it. */
function daysSince1900(date: string): number {
  return (Date.parse(`${date}T00:00:00Z`) - Date.UTC(1900, 0, 1)) / 86_400_000;
}

/** What opens the seals: beside the credentials in the issuer's answer (OpenID4VCI 1.0 §8.3 lets others add members). */
function blindingsIn(body: string): Buffer[] {
  const { signet_openings: openings } = JSON.parse(body) as {
    readonly signet_openings: readonly { readonly birth_date_commitment: { readonly blinding: string } }[];
  };
  return openings.map(({ birth_date_commitment: { blinding } }) => Buffer.from(blinding, 'base64url'));
}

interface Shown {
  readonly disclosed: unknown;
  readonly proof: string;
  readonly [member: string]: unknown;
}

const shownIn = (proof: unknown): Shown => JSON.parse(Buffer.from(String(proof), 'base64url').toString()) as Shown; // the format that the SDK has just verified

/** Every eight bytes in a row: in two proofs that share no part, hardly ever two alike. */
const piecesOf = (bytes: Buffer): Set<string> =>
  new Set(Array.from({ length: bytes.length - 7 }, (_, at) => bytes.subarray(at, at + 8).toString('hex')));
