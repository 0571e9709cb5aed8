import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person } from '../../demo/issuer/people.ts';
import { type RunningIssuer, startIssuer } from '../../demo/issuer/server.ts';
import { type RunningShop, startShop } from '../../demo/shop/server.ts';
import { atTheDoor, nextIssued, outcomeText, pageView, personCalled, secretsIn } from './on-the-wire.ts';
import { type Outcome, ended, begin } from './page-calls.ts';
import {
  type ExtensionBrowser,
  PASSWORD,
  acceptOffer,
  approve,
  clickNamed,
  createVault,
  deny,
  findNamed,
  named,
  onboard,
  openBrowser,
  text,
} from './setup/harness.ts';

let issuer: RunningIssuer;
let shop: RunningShop;

beforeAll(async () => {
  issuer = await startIssuer();
  shop = await startShop({ issuers: [{ issuer: issuer.origin, type: issuer.licenceType }] });
});

afterAll(async () => {
  await shop.close();
  await issuer.close();
});

describe('Ada, who is over 21', () => {
  const ada = personCalled('ada');
  let opened: ExtensionBrowser;
  /** Every copy of her licence, as the issuer sent it. */
  let copies: readonly string[];

  beforeAll(async () => {
    opened = await openBrowser();
    const app = await opened.openApp();
    await onboard(app, PASSWORD);
    await app.close();
    const answered = nextIssued();
    await getLicence(opened, ada);
    copies = credentialsIn(await answered);
    expect(copies).toHaveLength(10);
  });

  afterAll(() => opened.close());

  test('is let in, and neither page nor server learns anything but that she is over 21', async () => {
    const before = shop.received().length;
    const { page, answer, view } = await visit('#prove');

    expect(answer).toMatchObject({ format: 'dc+sd-jwt', claims: { age_over_21: true } });
    expect(shop.checked).toHaveLength(1);
    expect(shop.checked[0]).toMatchObject({ valid: true, claims: { age_over_21: true }, scope: ['age_over_21'] });
    const got = Buffer.concat([view, shop.received().subarray(before)]);
    expect(secretsIn(got, ada)).toEqual([]);
    expect(disclosedIn(got, copies)).toEqual(['age_over_21']);
    await page.close();
  });

  test('is let in by a DCQL query too, and no more is learned', async () => {
    const before = shop.received().length;
    const { page, answer, view } = await visit('#prove-dcql');

    expect(Object.keys(answer['vp_token'] as object)).toEqual(['licence']);
    expect(answer).not.toHaveProperty('proof');
    expect(shop.checked).toHaveLength(2);
    expect(shop.checked[1]).toMatchObject({ valid: true, claims: { age_over_21: true }, scope: ['age_over_21'] });
    const got = Buffer.concat([view, shop.received().subarray(before)]);
    expect(secretsIn(got, ada)).toEqual([]);
    expect(disclosedIn(got, copies)).toEqual(['age_over_21']);
    await page.close();
  });

  test('shows another copy at each visit: nothing in two presentations is alike but what all licences share', () => {
    const [first, second, ...more] = presentationsIn(shop.received()).map(partsOf);
    if (first === undefined || second === undefined) throw new Error('The shop was not visited twice.');
    expect(more).toEqual([]);

    expect(intersection(first.signatures, second.signatures)).toEqual([]);
    const shared = intersection(first.leaves, second.leaves);
    const facts = ['age_over_21', 'true', issuer.origin, issuer.licenceType, `origin:${shop.origin}`];
    const notations = ['ES256', 'dc+sd-jwt', 'kb+jwt', 'sha-256', 'EC', 'P-256'];
    expect(shared.filter((leaf) => !isTime(leaf) && !facts.includes(leaf) && !notations.includes(leaf))).toEqual([
      keyIdOf(copies),
    ]);
    for (const secret of ['x', 'y', 'salt', 'nonce', 'sd_hash'] as const) {
      expect(first.named[secret], secret).toBeTruthy();
      expect(first.named[secret], secret).not.toBe(second.named[secret]);
    }
  });

  test('who says no stays outside: the page gets 4001, the shop says what that means, and its server gets nothing', async () => {
    const checked = shop.checked.length;
    const page = await atTheDoor(opened, shop);
    const appears = opened.nextConsent();
    await page.click('#prove');
    await deny(await appears);

    await page.waitForSelector('#outcome[data-kind="bad"]');
    expect(await outcomeText(page)).toBe('No proof was given, so the door stays closed. Nothing was sent to us.');
    expect(await page.evaluate(() => Reflect.get(window, 'refused') as unknown)).toMatchObject({
      name: 'SignetError',
      code: 4001,
    });
    expect(shop.checked).toHaveLength(checked);
    await page.close();
  });

  test('a search for her data does find it where it is: in what the issuer sent', () => {
    const sent = Buffer.from(copies.join('\n'));
    expect(secretsIn(sent, ada)).toEqual(expect.arrayContaining([ada.birthdate, 'Ada', 'Lumen', 'Port Example']));
    expect(disclosedIn(sent, copies).sort()).toEqual([...new Set(copies.flatMap(claimNames))].sort());
    for (const hidden of ['17 May 1990', encodeURIComponent('12 Harbour Lane'), '642902400', 'Harbour']) {
      expect(secretsIn(Buffer.from(`[${hidden}]`), ada), hidden).not.toEqual([]);
    }
  });

  /** Goes to the shop, asks with one of its buttons, allows once, and gathers all that the page can see. */
  async function visit(button: string): Promise<{ page: Page; answer: Record<string, unknown>; view: Buffer }> {
    const page = await atTheDoor(opened, shop);
    const appears = opened.nextConsent();
    await page.click(button);
    await approve(await appears);
    await page.waitForSelector('#inside:not([hidden])');
    // Put there by `atTheDoor`.
    const answer = (await page.evaluate(() => Reflect.get(window, 'answer') as unknown)) as Record<string, unknown>;
    return { page, answer, view: await pageView(page) };
  }
});

describe('Noa, who is 18', () => {
  const noa = personCalled('noa');
  let opened: ExtensionBrowser;

  beforeAll(async () => {
    opened = await openBrowser();
    const app = await opened.openApp();
    await createVault(app);
    await app.close();
    await getLicence(opened, noa);
  });

  afterAll(() => opened.close());

  test('is told what is missing, and the page cannot tell that from a no', async () => {
    const page = await atTheDoor(opened, shop);
    const nothing = await ask(page, ['age_over_21'], async (consent) => {
      await named(consent, text('nothing_title'), 'heading');
      const said = await consent.$eval('main', (main) => main.textContent);
      expect(said).toContain(text('fact_over', '21'));
      expect(said).toContain(text('nothing_site_sees'));
      expect(await findNamed(consent, text('allow_once'))).toBeNull();
      await clickNamed(consent, text('close'), 'button');
    });
    const denied = await ask(page, ['age_over_18'], async (consent) => {
      await named(consent, text('allow_once'), 'button');
      await deny(consent);
    });
    expect(nothing).toMatchObject({ code: 4001 });
    expect(nothing).toEqual(denied);
  });

  /** Asks the wallet from the shop's page for claims of her licence. */
  async function ask(page: Page, claims: string[], decide: (consent: Page) => Promise<void>): Promise<Outcome> {
    const request = {
      claims,
      types: [issuer.licenceType],
      issuers: [issuer.origin],
      nonce: Buffer.alloc(16, claims[0]).toString('base64url'),
      purpose: 'Buy wine',
    };
    const appears = opened.nextConsent();
    await begin(page, 'ask', `signet.requestProof(${JSON.stringify(request)})`);
    await decide(await appears);
    return ended(page, 'ask');
  }
});

async function getLicence(opened: ExtensionBrowser, { given_name, family_name }: Person): Promise<void> {
  const counter = await opened.browser.newPage();
  await counter.goto(issuer.origin);
  await counter.waitForSelector('#people input');
  await counter.click(`::-p-xpath(//label[contains(., "${given_name} ${family_name}")])`);
  const appears = opened.nextConsent();
  await counter.click('#get');
  await acceptOffer(await appears);
  await counter.waitForSelector('#outcome[data-kind="good"]');
  await counter.close();
}

/** OpenID4VCI 1.0 §8.3. */
function credentialsIn(body: string): readonly string[] {
  const { credentials } = JSON.parse(body) as { readonly credentials: readonly { readonly credential: string }[] };
  return credentials.map(({ credential }) => credential);
}

const disclosuresOf = (credential: string): string[] =>
  credential
    .split('~')
    .slice(1)
    .filter((part) => part !== '');
const claimOf = (disclosure: string): string =>
  // A disclosure of an object's member (RFC 9901 §4.2.1).
  (JSON.parse(Buffer.from(disclosure, 'base64url').toString()) as [string, string, unknown])[1];
const claimNames = (credential: string): string[] => disclosuresOf(credential).map(claimOf);

/** The claims whose disclosures, from whichever copy, stand in the bytes. */
function disclosedIn(bytes: Buffer, copies: readonly string[]): string[] {
  return [
    ...new Set(
      copies
        .flatMap(disclosuresOf)
        .filter((part) => bytes.includes(part))
        .map(claimOf),
    ),
  ];
}

/** The presentations that were posted to the shop, in order. */
const presentationsIn = (received: Buffer): string[] => [
  ...new Set(
    [...received.toString().matchAll(/[\w-]+\.[\w-]+\.[\w-]+~[\w~-]+\.[\w-]+\.[\w-]+/g)].map(([found]) => found),
  ),
];

interface Parts {
  /** Every value in headers, payloads and disclosures. */
  readonly leaves: ReadonlySet<string>;
  readonly signatures: ReadonlySet<string>;
  readonly named: Readonly<Record<'x' | 'y' | 'salt' | 'nonce' | 'sd_hash', unknown>>;
}

/** A presentation taken apart: `<issuer-signed JWT>~<disclosure>~<key binding JWT>` (RFC 9901 §4.3). */
function partsOf(presentation: string): Parts {
  const [jwt = '', ...rest] = presentation.split('~');
  const binding = rest.at(-1) ?? '';
  const disclosures = rest.slice(0, -1);
  const read = (part: string | undefined) => JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as unknown;
  const [header, payload, signature = ''] = jwt.split('.');
  const [bindingHeader, bindingPayload, bindingSignature = ''] = binding.split('.');
  // The shapes that SD-JWT VC and RFC 9901 give them.
  const { cnf } = read(payload) as { readonly cnf: { readonly jwk: { readonly x: string; readonly y: string } } };
  const { nonce, sd_hash } = read(bindingPayload) as { readonly nonce: string; readonly sd_hash: string };
  const [salt] = read(disclosures[0]) as readonly [string];
  const all = [header, payload, bindingHeader, bindingPayload, ...disclosures].map(read);
  return {
    leaves: new Set(all.flatMap(leavesOf)),
    signatures: new Set([signature, bindingSignature]),
    named: { x: cnf.jwk.x, y: cnf.jwk.y, salt, nonce, sd_hash },
  };
}

const leavesOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [String(value)];

const intersection = (a: ReadonlySet<string>, b: ReadonlySet<string>): string[] => [...a].filter((leaf) => b.has(leaf));

/** Seconds since the epoch: the days of issue and expiry, the same for everybody who got theirs on one day. */
const isTime = (leaf: string): boolean => /^\d{10}$/.test(leaf);

function keyIdOf([copy = '']: readonly string[]): string {
  const header = JSON.parse(Buffer.from(copy.split('.')[0] ?? '', 'base64url').toString()) as { readonly kid: string };
  return header.kid;
}
