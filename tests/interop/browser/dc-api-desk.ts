import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { begin, ended, isPending } from '../../e2e/page-calls.ts';
import type { Outcome } from '../../e2e/page-calls.ts';
import type { Scene } from '../../e2e/scene.ts';
import { copiesLeft, openScene } from '../../e2e/scene.ts';
import {
  approve,
  askWallet,
  clickNamed,
  clickWhenArmed,
  findNamed,
  named,
  serve,
  text,
  untilSays,
} from '../../e2e/setup/harness.ts';
import type { TestServer } from '../../e2e/setup/harness.ts';
import type { AskTerms, Call, ForeignVerifier, Question, Stand, Web } from './foreign-verifier.ts';
import { believe } from './foreign-verifier.ts';
import { openRegistry } from './registry.ts';

/** What a page hears of a request that is wrong, and of one that may be right, and that the wallet cannot take. */
export const WRONG = 'TypeError';
export const UNKNOWN = 'NotSupportedError';
export type Because = typeof WRONG | typeof UNKNOWN;

/** A page of a verifier's, in a browser whose wallet has licences to show and trusts the verifier's registry. */
export interface DcApiDesk {
  readonly scene: Scene;
  readonly page: Page;
  readonly stand: Stand;
  readonly verifier: ForeignVerifier;
  /** What was asked of the host that the verifier's DID names. */
  readonly web: TestServer;
  /** Another verifier, of the same make. */
  another(stand: Partial<Stand>): ForeignVerifier;
  /** Asks, and returns the window that opens. */
  openWindow(calls: readonly Call[]): Promise<Page>;
  /** Asks, and returns the window that asks the person. @param button what they are offered */
  askInWindow(calls: readonly Call[], button?: string): Promise<Page>;
  /** Lets the wallet ask a host who signed, where it wants to. */
  lookUp(consent: Page): Promise<void>;
  /** Allows what the window asks, and returns what the page gets. */
  allow(consent: Page): Promise<Call>;
  /** Asks, and allows it. */
  allowed(question: Question): Promise<Call>;
  asked(terms: AskTerms): Promise<{ readonly question: Question; readonly answer: Call }>;
  /** Nobody is asked, nothing is used up, and the page hears what is wrong with its request. */
  expectRefused(calls: readonly Call[], because?: Because): Promise<void>;
  refused(terms: AskTerms, because?: Because): Promise<void>;
  /** Nothing can be allowed in the window that `open` opens, and nothing is used up. @returns what it says */
  expectFailed(open: () => Promise<Page>): Promise<string>;
  /** It comes out once the wallet has looked who signed, and then nothing can be allowed. */
  foundOut(terms: AskTerms): Promise<void>;
}

/** How long a page stays: whoever is refused without a window can ask again in the same one. */
type Stay = 'each test' | 'all tests';

/** Registers the hooks of a `describe` that is about a verifier before the browser's own function. */
export function atTheDesk(
  scene: () => Scene,
  create: (stand: Stand) => ForeignVerifier,
  stay: Stay = 'each test',
): DcApiDesk {
  const hosts: TestServer[] = [];
  let page: Page;
  let stand: Stand;
  /** Consent windows that were opened since the test began. */
  let windows: number;

  beforeAll(async () => {
    const [registry, host] = await Promise.all([openRegistry(), serve({}, { tls: true })]);
    hosts.push(host);
    await trust(scene(), registry.root);
    stand = {
      origin: scene().site.origin(),
      vct: scene().issuer.licenceType,
      believed: [await believe(scene().issuer.origin)],
      certificate: await registry.certificateFor('localhost'),
      registry,
      web: webOf(host),
    };
    scene().opened.browser.on('targetcreated', (target) => {
      if (target.url().includes('consent.html')) windows += 1;
    });
  });
  afterAll(() => Promise.all(hosts.map((host) => host.close())));
  const arrive = stay === 'all tests' ? beforeAll : beforeEach;
  arrive(async () => {
    page = await scene().visit();
    stand = { ...stand, origin: scene().site.origin() };
  });
  beforeEach(() => {
    windows = 0;
  });
  if (stay === 'each test') afterEach(() => scene().leave());
  else afterEach(() => closeWindows(scene())); // a call that still waits would be the end of the next one

  const desk: DcApiDesk = {
    get scene() {
      return scene();
    },
    get page() {
      return page;
    },
    get stand() {
      return stand;
    },
    get verifier() {
      return create(stand);
    },
    get web() {
      const [host] = hosts;
      if (host === undefined) throw new Error('The test has not begun.');
      return host;
    },
    another: (other) => create({ ...stand, ...other }),
    async openWindow(calls) {
      const appears = scene().opened.nextConsent();
      await get(page, calls);
      return appears;
    },
    async askInWindow(calls, button = text('allow_once')) {
      const consent = await desk.openWindow(calls);
      await named(consent, button, 'button');
      await consent.bringToFront();
      return consent;
    },
    async lookUp(consent) {
      await clickWhenArmed(consent, text('look_up_continue'));
    },
    async allow(consent) {
      await approve(consent);
      return credentialIn(await ended(page, 'get'));
    },
    allowed: async (question) => desk.allow(await desk.askInWindow([question.call])),
    async asked(terms) {
      const question = await desk.verifier.ask(terms);
      return { question, answer: await desk.allowed(question) };
    },
    async expectRefused(calls, because = WRONG) {
      const copies = await copiesLeft(scene().app);
      await get(page, calls);
      await expect.poll(async () => windows > 0 || !(await isPending(page, 'get'))).toBe(true);
      expect(windows).toBe(0);
      expect(await ended(page, 'get')).toMatchObject({ name: because });
      expect(await copiesLeft(scene().app)).toBe(copies);
    },
    async refused(terms, because = WRONG) {
      await desk.expectRefused([(await desk.verifier.ask(terms)).call], because);
    },
    async expectFailed(open) {
      const copies = await copiesLeft(scene().app);
      const consent = await open();
      await untilSays(consent, text('consent_failed'));
      expect(await findNamed(consent, text('allow_once'), 'button')).toBeNull();
      const says = await consent.evaluate(() => document.body.innerText);
      await clickNamed(consent, text('close'), 'button');
      expect(await ended(page, 'get')).toMatchObject({ name: 'NotAllowedError' });
      expect(await copiesLeft(scene().app)).toBe(copies);
      return says;
    },
    async foundOut(terms) {
      const { call } = await desk.verifier.ask(terms);
      await desk.expectFailed(async () => {
        const consent = await desk.askInWindow([call], text('look_up_continue'));
        await desk.lookUp(consent);
        return consent;
      });
    },
  };
  return desk;
}

async function closeWindows({ opened }: Scene): Promise<void> {
  for (const consent of await opened.consentPages()) await consent.close();
}

/** The scene that most files play in. */
export function withLicences(licences: number): () => Scene {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene({ licences });
  });
  afterAll(() => scene[Symbol.asyncDispose]());
  return () => scene;
}

/** The person trusts whoever this certificate is of to vouch for verifiers. */
export async function trust({ app }: Scene, root: Uint8Array): Promise<void> {
  const certificate = Buffer.from(root).toString('base64');
  const certificates = [{ certificate, name: 'Shop Registry' }];
  await askWallet(app, 'trust.add', { certificates, vouchesFor: ['verifiers'] });
}

/** A host as a DID names it. */
export const webOf = (server: TestServer, name = 'verifier.example'): Web => ({
  host: `${name}:${server.port}`,
  publish: (path, document) =>
    server.route(path, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(document) }),
});

/** What a page does that knows the standard and nothing of Signet. */
const get = (page: Page, requests: readonly Call[]): Promise<void> =>
  begin(
    page,
    'get',
    `navigator.credentials.get({ digital: { requests: ${JSON.stringify(requests)} } })
      .then(({ protocol, data }) => ({ protocol, data }))`,
  );

function credentialIn(outcome: Outcome): Call {
  if (!('value' in outcome)) throw new Error(`The call ended with ${outcome.name}: ${outcome.message}`);
  return outcome.value as Call; // made by `get`
}
