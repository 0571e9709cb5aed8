import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startIssuer } from '../../demo/issuer/server.ts';
import { anyRequest, beginGet } from './digital-calls.ts';
import type { Outcome } from './page-calls.ts';
import { ended, isPending, outcomeOf } from './page-calls.ts';
import { untilNoWindow } from './scene.ts';
import {
  acceptLicence,
  askWallet,
  axeAndScreenshot,
  clickNamed,
  createVault,
  named,
  openBrowser,
  serve,
  text,
} from './setup/harness.ts';
import type { ExtensionBrowser, TestServer } from './setup/harness.ts';
import { virtualPasskeys } from './virtual-passkey.ts';

let opened: ExtensionBrowser;
let app: Page;
let site: TestServer;

const SITE = '<!doctype html><title>site</title>';
/** What the browser is not to be asked in a test: it would wait for a phone. It says whom it was asked by, and with what. */
const BROWSER = `
  const seen = (globalThis.seen = []);
  for (const name of ['get', 'create']) {
    CredentialsContainer.prototype[name] = function (...args) {
      seen.push({ name, args, isContainer: this === navigator.credentials, active: navigator.userActivation.isActive });
      return Promise.resolve('the browser');
    };
  }`;
/** Another extension's wrapper, as they are commonly written: it takes a protocol of its own, and hands on the rest. */
const OTHER_WALLET = (on: string) => `{
  const holder = ${on};
  const next = navigator.credentials.get;
  holder.get = async function get(options) {
    const own = options?.digital?.requests?.some?.(({ protocol }) => protocol === 'other-wallet');
    return own ? 'the other wallet' : next.call(navigator.credentials, options);
  };
}`;

beforeAll(async () => {
  opened = await openBrowser();
});
afterAll(() => opened.close());

beforeEach(async () => {
  site = await serve({
    '/': SITE,
    '/frames': '<!doctype html><title>frames</title><iframe src="/"></iframe>',
    '/closed': { headers: { 'permissions-policy': 'digital-credentials-get=()' }, body: SITE },
    '/asks': `${SITE}<script>
      globalThis.asked = navigator.credentials.get(${JSON.stringify(anyRequest())}).then(() => 'granted', ({ name }) => name);
    </script>`,
  });
  app = await opened.openApp();
});
afterEach(async () => {
  const pages = await opened.browser.pages();
  await Promise.all(pages.filter((page) => /^https?:/.test(page.url())).map((page) => page.close()));
  await untilNoWindow(opened);
  await app.close();
  await site.close();
});

/** A page of the site, with scripts that ran in it before any extension's. */
async function visit({
  path = '/',
  before = [] as readonly string[],
  host = 'localhost',
  at = site,
} = {}): Promise<Page> {
  const page = await opened.browser.newPage();
  for (const script of before) await page.evaluateOnNewDocument(script);
  await page.goto(at.origin(host) + path);
  return page;
}

const OTHERS = { digital: { requests: [{ protocol: 'other-wallet', data: {} }] } };
const get = (options: object) => `navigator.credentials.get(${JSON.stringify(options)})`;

/** Asks for any proof, and returns the window that asks the person. */
async function askInWindow(page: Page, name = 'get', request: object = anyRequest()): Promise<Page> {
  const appears = opened.nextConsent();
  await beginGet(page, name, request);
  const consent = await appears;
  await named(consent, text('other_wallet'), 'button');
  return consent;
}

/** Presses the way in the panel that begins with this label. */
async function clickWay(consent: Page, label: string): Promise<void> {
  const way = await consent.waitForSelector(`.way ::-p-text(${label})`);
  await way?.click();
}

const NOT_ALLOWED = { name: 'NotAllowedError' };

describe('what is not for Signet', () => {
  test('goes on untouched: the same object, the same arguments, the same answer', async () => {
    const page = await visit({ before: [BROWSER] });
    for (const call of [
      'navigator.credentials.get()',
      'navigator.credentials.get({ password: true, mediation: "silent" }, 7)',
      'navigator.credentials.get({ federated: { providers: ["https://idp.example"] } })',
      'navigator.credentials.get({ otp: { transport: ["sms"] } })',
      'navigator.credentials.get({ identity: { providers: [] }, digital: 1 })',
      'navigator.credentials.create({ password: { id: "a", password: "b" } })',
      get(OTHERS),
      get({ digital: { requests: [{ protocol: 'org-iso-mdoc', data: {} }] } }),
      get({ digital: { requests: [] } }),
      'navigator.credentials.create({ digital: { requests: [{ protocol: "openid4vp-v1-unsigned", data: {} }] } })',
    ]) {
      expect(await outcomeOf(page, call), call).toEqual({ value: 'the browser' });
    }
    const isSame = `(() => {
      const options = { publicKey: { challenge: new Uint8Array(1) }, signal: new AbortController().signal };
      void navigator.credentials.get(options, 1, 2);
      const { args, isContainer, name } = seen.at(-1);
      return args[0] === options && args.length === 3 && isContainer && name === 'get';
    })()`;
    expect(await page.evaluate(isSame)).toBe(true);
    expect(
      await page.evaluate(`(() => { const p = navigator.credentials.get(); return p instanceof Promise; })()`),
    ).toBe(true);
  });

  test('is told what is wrong with it by the browser itself', async () => {
    const page = await visit();
    for (const digital of [{}, { requests: [{ data: {} }] }, { requests: [1] }, { requests: 'x' }, { requests: [] }]) {
      expect(await outcomeOf(page, get({ digital })), JSON.stringify(digital)).toMatchObject({ name: 'TypeError' });
    }
    expect(
      await outcomeOf(page, `CredentialsContainer.prototype.get.call({}, ${JSON.stringify(anyRequest())})`),
    ).toMatchObject({
      name: 'TypeError',
    });
  });

  test('looks like the browser’s own function', async () => {
    const page = await visit();
    expect(
      await page.evaluate(`[CredentialsContainer.prototype.get.name, CredentialsContainer.prototype.get.length,
        CredentialsContainer.prototype.create.name, Object.hasOwn(navigator.credentials, 'get'),
        JSON.stringify(Object.getOwnPropertyDescriptor(CredentialsContainer.prototype, 'get'))]`),
    ).toEqual(['get', 0, 'create', false, '{"writable":true,"enumerable":true,"configurable":true}']);
  });

  test('works with a passkey: one is made and used', async () => {
    const page = await visit();
    const authenticator = await virtualPasskeys(page);
    const made = await outcomeOf(
      page,
      `navigator.credentials.create({ publicKey: {
        challenge: new Uint8Array(16), rp: { name: 'Site' }, user: { id: new Uint8Array(8), name: 'a', displayName: 'A' },
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }], authenticatorSelection: { residentKey: 'required' },
      } }).then((credential) => [credential instanceof PublicKeyCredential, credential.type])`,
    );
    expect(made).toEqual({ value: [true, 'public-key'] });
    expect(await authenticator.count()).toBe(1);
    const used = `navigator.credentials.get({ publicKey: { challenge: new Uint8Array(16) } })
      .then((credential) => credential.response instanceof AuthenticatorAssertionResponse)`;
    expect(await outcomeOf(page, used)).toEqual({ value: true });
  });

  test('stays the browser’s in frames', async () => {
    const page = await visit({ path: '/frames' });
    const frame = page.frames().find((one) => one !== page.mainFrame());
    expect(await frame?.evaluate(`navigator.credentials.get.toString()`)).toMatch(/\[native code\]/);
    expect(await page.evaluate(`navigator.credentials.get.toString()`)).not.toMatch(/\[native code\]/);
  });
});

describe('another wallet’s wrapper', () => {
  test.for([
    ['before Signet, on the prototype', 'CredentialsContainer.prototype', 'before'],
    ['before Signet, on the object itself', 'navigator.credentials', 'before'],
    ['after Signet, on the prototype', 'CredentialsContainer.prototype', 'after'],
    ['after Signet, on the object itself', 'navigator.credentials', 'after'],
  ] as const)('%s: both are reached, and so is the browser', async ([, holder, when]) => {
    const page = await visit({ before: when === 'before' ? [BROWSER, OTHER_WALLET(holder)] : [BROWSER] });
    if (when === 'after') await page.evaluate(OTHER_WALLET(holder));
    expect(await outcomeOf(page, get(OTHERS))).toEqual({ value: 'the other wallet' });
    expect(await outcomeOf(page, get({ password: true }))).toEqual({ value: 'the browser' });
    const consent = await askInWindow(page);
    await consent.close();
    expect(await ended(page, 'get')).toMatchObject(NOT_ALLOWED);
  });
});

describe('“use another wallet”', () => {
  test('fails this call, and sends the next one to the browser with its own click; the one after asks Signet again', async () => {
    const page = await visit({ before: [BROWSER] });
    const consent = await askInWindow(page);
    await clickNamed(consent, text('other_wallet'), 'button');
    expect(await ended(page, 'get')).toMatchObject(NOT_ALLOWED);
    await untilNoWindow(opened);
    expect(await outcomeOf(page, get(anyRequest()))).toEqual({ value: 'the browser' });
    expect(await page.evaluate(`seen.map(({ active, args }) => [active, args[0].digital.requests.length])`)).toEqual([
      [true, 1],
    ]);
    const again = await askInWindow(page, 'again');
    await again.close();
    expect(await ended(page, 'again')).toMatchObject(NOT_ALLOWED);
  });

  test('hands the whole call on, with what is not for Signet', async () => {
    const page = await visit({ before: [BROWSER] });
    const both = { digital: { requests: [{ protocol: 'org-iso-mdoc', data: {} }, ...anyRequest().digital.requests] } };
    const appears = opened.nextConsent();
    await beginGet(page, 'get', both);
    const consent = await appears;
    await clickNamed(consent, text('other_wallet'), 'button');
    expect(await ended(page, 'get')).toMatchObject(NOT_ALLOWED);
    expect(await outcomeOf(page, get(both))).toEqual({ value: 'the browser' });
    expect(await page.evaluate(`seen.at(-1).args[0]`)).toEqual(both);
  });

  test('“always here” is remembered for the site, in new documents too, until the person undoes it', async () => {
    const page = await visit({ before: [BROWSER] });
    const consent = await askInWindow(page);
    await clickNamed(consent, text('other_wallet_more'), 'button');
    expect(await axeAndScreenshot('digital-other-wallet', consent)).toEqual([]);
    await clickWay(consent, text('other_wallet_always'));
    expect(await ended(page, 'get')).toMatchObject(NOT_ALLOWED);
    await untilNoWindow(opened);
    const later = await visit({ before: [BROWSER] });
    for (let calls = 0; calls < 2; calls += 1) {
      expect(await outcomeOf(later, get(anyRequest()))).toEqual({ value: 'the browser' });
    }
    expect(await askWallet(app, 'digital.get', {})).toEqual({ on: true, otherWalletSites: 1 });

    const stranger = await visit({ before: [BROWSER], host: '127.0.0.1' });
    await (await askInWindow(stranger)).close();
    expect(await ended(stranger, 'get')).toMatchObject(NOT_ALLOWED);

    await askWallet(app, 'digital.forgetSites', {});
    await (await askInWindow(later, 'asked')).close();
    expect(await ended(later, 'asked')).toMatchObject(NOT_ALLOWED);
  });
});

describe('the setting', () => {
  test('off hands every such call on at once, and asks nobody; on, Signet is asked again', async () => {
    await askWallet(app, 'digital.turn', { on: false });
    const page = await visit({ before: [BROWSER] });
    expect(await outcomeOf(page, get(anyRequest()))).toEqual({ value: 'the browser' });
    const offer = {
      digital: { requests: [{ protocol: 'openid4vci-v1', data: { credential_issuer: site.origin() } }] },
    };
    expect(await outcomeOf(page, `navigator.credentials.create(${JSON.stringify(offer)})`)).toEqual({
      value: 'the browser',
    });
    expect(await page.evaluate(`seen.every(({ active }) => active)`)).toBe(true);
    await askWallet(app, 'digital.turn', { on: true });
    await (await askInWindow(page)).close();
    expect(await ended(page, 'get')).toMatchObject(NOT_ALLOWED);
  });
});

describe('a call', () => {
  test('without the person’s touch is not allowed', async () => {
    const page = await visit({ path: '/asks' });
    expect(await page.evaluate('asked')).toBe('NotAllowedError');
  });

  test('that the site’s permissions policy forbids is not allowed', async () => {
    const page = await visit({ path: '/closed' });
    expect(await outcomeOf(page, get(anyRequest()))).toMatchObject(NOT_ALLOWED);
  });

  test('with a signal that was aborted ends with its reason, before anything else is looked at', async () => {
    const page = await visit({ path: '/closed' });
    const call = `navigator.credentials.get({ ...${JSON.stringify(anyRequest())}, signal: AbortSignal.abort(new RangeError('mine')) })`;
    expect(await outcomeOf(page, call)).toMatchObject({ name: 'RangeError', message: 'mine' });
  });

  test('that is aborted ends with the reason, its window goes, and the next one is asked', async () => {
    const page = await visit();
    const appears = opened.nextConsent();
    await page.evaluate(`void (globalThis.controller = new AbortController())`);
    await page.evaluate(`void (globalThis.aborted = navigator.credentials.get({ ...${JSON.stringify(anyRequest())}, signal: controller.signal })
      .then(() => 'granted', (error) => [error instanceof DOMException, error.name]))`);
    await appears;
    await page.evaluate(`controller.abort()`);
    expect(await page.evaluate('aborted')).toEqual([true, 'AbortError']);
    await untilNoWindow(opened);
    await (await askInWindow(page)).close();
    expect(await ended(page, 'get')).toMatchObject(NOT_ALLOWED);
  });

  test('with what is no signal, no JSON, or no request is a TypeError', async () => {
    const page = await visit();
    for (const options of [
      `{ ...${JSON.stringify(anyRequest())}, signal: {} }`,
      `{ digital: { requests: [{ protocol: 'openid4vp-v1-unsigned', data: { a: 1n } }] } }`,
      `{ digital: { requests: [{ protocol: 'openid4vp-v1-unsigned', data: {} }] } }`,
      `{ digital: { requests: [{ protocol: 'openid4vp-v1-unsigned', data: 'x' }] } }`,
      `{ digital: { requests: [{ protocol: 'openid4vp-v1-signed', data: { request: 'not.a.jws' } }] } }`,
    ]) {
      expect(await outcomeOf(page, `navigator.credentials.get(${options})`), options).toMatchObject({
        name: 'TypeError',
      });
    }
  });

  test('whatever its mediation is asks the person', async () => {
    const page = await visit();
    const appears = opened.nextConsent();
    await beginGet(page, 'get', { ...anyRequest(), mediation: 'silent' });
    const consent = await appears;
    await named(consent, text('other_wallet'), 'button');
    await consent.close();
    expect(await ended(page, 'get')).toMatchObject(NOT_ALLOWED);
  });

  test('for a form that no Signet holds goes to the browser', async () => {
    const page = await visit({ before: [BROWSER] });
    const { digital } = anyRequest();
    const data = {
      ...digital.requests[0]?.data,
      dcql_query: {
        credentials: [
          {
            id: 'mdl',
            format: 'mso_mdoc',
            meta: { doctype_value: 'org.iso.18013.5.1.mDL' },
            claims: [{ path: ['org.iso.18013.5.1', 'age_over_21'] }],
          },
        ],
      },
    };
    const mdoc = { digital: { requests: [{ protocol: 'openid4vp-v1-unsigned', data }] } };
    expect(await outcomeOf(page, get(mdoc))).toEqual({ value: 'the browser' });
  });
});

describe('a site that probes', () => {
  /** What it can see without anybody's consent. */
  async function probe(licenceType: string): Promise<readonly unknown[]> {
    // Another site each time: what was denied to the one before counts for nothing.
    await using own = await serve({ '/': SITE });
    const page = await visit({ before: [BROWSER], at: own });
    const outcomes: unknown[] = [
      await page.evaluate(`['openid4vp-v1-unsigned', 'openid4vp-v1-signed', 'openid4vp-v1-multisigned', 'openid4vci-v1', 'x']
        .map((protocol) => DigitalCredential.userAgentAllowsProtocol(protocol))`),
    ];
    for (const call of [
      get({ digital: { requests: [{ protocol: 'openid4vp-v1-unsigned', data: {} }] } }),
      get({ digital: { requests: [{ protocol: 'openid4vp-v1-signed', data: { request: 'a.b.c' } }] } }),
      `navigator.credentials.create({ digital: { requests: [{ protocol: 'openid4vci-v1', data: {} }] } })`,
    ]) {
      outcomes.push(await outcomeOf(page, call));
    }
    const consent = await askInWindow(page, 'get', anyRequest('CCCCCCCCCCCCCCCCCCCCCC', licenceType));
    outcomes.push(await isPending(page, 'get'));
    await consent.close();
    outcomes.push(await ended(page, 'get'));
    await page.close();
    return outcomes;
  }

  /** How long a call takes that is refused: the middle of many, in milliseconds. */
  async function timeOfRefusal(): Promise<number> {
    const page = await visit();
    const call = get({ digital: { requests: [{ protocol: 'openid4vp-v1-unsigned', data: { nonce: 'x' } }] } });
    return (await page.evaluate(`(async () => {
      const times = [];
      for (let i = 0; i < 25; i += 1) {
        const from = performance.now();
        await ${call}.catch(() => undefined);
        times.push(performance.now() - from);
      }
      return times.sort((a, b) => a - b)[12];
    })()`)) as number; // as the script says
  }

  test('sees the same of no vault, of an empty one, a locked one and one that holds it, in words and in time', async () => {
    const issuer = await startIssuer();
    const seen: (readonly unknown[])[] = [];
    const times: number[] = [];
    const look = async (): Promise<void> => {
      seen.push(await probe(issuer.licenceType));
      times.push(await timeOfRefusal());
    };
    try {
      await look();
      await createVault(app);
      await look();
      await acceptLicence(opened, issuer);
      await look();
      await askWallet(app, 'wallet.lock', {});
      await look();
    } finally {
      await askWallet(app, 'wallet.erase', { confirm: 'erase' });
      await issuer.close();
    }
    const [none, ...others] = seen;
    expect(others).toEqual([none, none, none]);
    // A refusal is made from the call alone: what differs between them is the machine's own noise.
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(15);
  });
});

/** Kept last: the pictures of what a person without an open vault sees. */
describe('a person', () => {
  test('without a vault, and with a locked one, has another wallet one press away at once', async () => {
    const page = await visit({ before: [BROWSER] });
    const none = await askInWindow(page);
    expect(await axeAndScreenshot('digital-no-vault', none)).toEqual([]);
    await clickNamed(none, text('other_wallet'), 'button');
    expect(await ended(page, 'get')).toMatchObject(NOT_ALLOWED);
    await untilNoWindow(opened);
    expect(await outcomeOf(page, get(anyRequest()))).toEqual({ value: 'the browser' });

    await createVault(app);
    await askWallet(app, 'wallet.lock', {});
    const locked = await askInWindow(page, 'locked');
    expect(await axeAndScreenshot('digital-locked', locked)).toEqual([]);
    await clickNamed(locked, text('other_wallet'), 'button');
    const outcome: Outcome = await ended(page, 'locked');
    expect(outcome).toMatchObject(NOT_ALLOWED);
  });
});
