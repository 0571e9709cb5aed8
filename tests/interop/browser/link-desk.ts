import type { Page } from 'puppeteer';
import { afterEach, beforeAll, expect } from 'vitest';
import type { Scene } from '../../e2e/scene.ts';
import { copiesLeft, untilNoWindow } from '../../e2e/scene.ts';
import { clickNamed, findNamed, named, serve, text, untilSays } from '../../e2e/setup/harness.ts';
import type { Route, TestServer } from '../../e2e/setup/harness.ts';
import { trust, webOf } from './dc-api-desk.ts';
import type { Accepted, Believed, ForeignVerifier, LinkQuestion, LinkTerms, Stand } from './foreign-verifier.ts';
import { REQUEST_PATH, RESPONSE_PATH, believe } from './foreign-verifier.ts';
import type { Registry } from './registry.ts';
import { openRegistry } from './registry.ts';

const NAME = 'shop.example';

/** A verifier that has no page and a server of its own, for one question. */
export interface LinkShop extends AsyncDisposable {
  readonly server: TestServer;
  readonly origin: string;
  readonly question: LinkQuestion;
  /** Answers that were accepted. */
  readonly accepted: readonly Accepted[];
  /** Why others were not. */
  readonly refusals: readonly string[];
  /** What the wallet asked of it, in this order. */
  asked(): readonly string[];
}

export interface LinkDesk {
  readonly scene: Scene;
  readonly registry: Registry;
  open(terms: LinkTerms, more?: LinkMore): Promise<LinkShop>;
  /** Gives the wallet the link. */
  give(shop: LinkShop): Promise<void>;
  /** Gives the wallet the link, and lets it ask what it is about. */
  follow(shop: LinkShop): Promise<void>;
  /** The same, and returns the window that asks the person. */
  followInWindow(shop: LinkShop): Promise<Page>;
  /** The wallet says why it goes no further: nobody was asked, nothing is used up, and nothing was sent. */
  expectRefused(shop: LinkShop): Promise<void>;
  refused(terms: LinkTerms): Promise<void>;
  /** The wallet sees in the link itself that it leads nowhere, and asks nobody. */
  expectUnread(shop: LinkShop): Promise<void>;
}

/** What a shop does that is no verifier's business. */
export interface LinkMore {
  readonly stand?: Partial<Stand>;
  /** Answers in the place of the honest ones. */
  readonly routes?: (shop: TestServer) => Readonly<Record<string, Route>>;
  /** Where whoever has answered goes on. */
  readonly back?: string;
}

/** Registers the hooks of a `describe` that is about a verifier's links. */
export function atTheLinkDesk(scene: () => Scene, create: (stand: Stand) => ForeignVerifier): LinkDesk {
  let app: Page;
  let registry: Registry;
  let believed: Believed;

  beforeAll(async () => {
    [app, registry, believed] = await Promise.all([
      scene().opened.openApp('#/link'),
      openRegistry(),
      believe(scene().issuer.origin),
    ]);
    await trust(scene(), registry.root);
  });
  afterEach(async () => {
    for (const consent of await scene().opened.consentPages()) await consent.close();
    await untilNoWindow(scene().opened);
  });

  const desk: LinkDesk = {
    get scene() {
      return scene();
    },
    get registry() {
      return registry;
    },
    async open(terms, { stand = {}, routes, back } = {}) {
      const server = await serve({}, { tls: true });
      const verifier = create({
        origin: server.origin(NAME),
        vct: scene().issuer.licenceType,
        believed: [believed],
        certificate: await registry.certificateFor(NAME),
        registry,
        web: webOf(server, NAME),
        ...stand,
      });
      const shop = shopOf(server, await verifier.askByLink(terms), back);
      for (const [path, route] of Object.entries(routes?.(server) ?? {})) server.route(path, route);
      return shop;
    },
    async give({ question }) {
      await app.goto('about:blank');
      await app.goto(scene().opened.url('app.html#/link'));
      await named(app, text('link_look'), 'button');
      await app.bringToFront();
      await (await named(app, text('link_field'), 'textbox')).focus();
      await app.keyboard.sendCharacter(question.link);
      await clickNamed(app, text('link_look'), 'button');
    },
    async follow(shop) {
      await desk.give(shop);
      await named(app, text('link_says_proof', new URL(shop.origin).host), 'heading');
      await clickNamed(app, text('link_continue'), 'button');
    },
    async followInWindow(shop) {
      const appears = scene().opened.nextConsent();
      await desk.follow(shop);
      const consent = await appears;
      await consent.bringToFront();
      return consent;
    },
    async expectRefused(shop) {
      const before = await copiesLeft(scene().app);
      await desk.follow(shop);
      await untilSays(app, text('link_failed_kept'));
      expect(await scene().opened.consentPages()).toEqual([]);
      expect(shop.asked()).toEqual([expect.stringMatching(/^(GET|POST) \/request$/)]);
      expect(await copiesLeft(scene().app)).toBe(before);
    },
    async expectUnread(shop) {
      await desk.give(shop);
      await app.waitForSelector('.problem');
      expect(await findNamed(app, text('link_continue'), 'button')).toBeNull();
      expect(shop.asked()).toEqual([]);
    },
    async refused(terms) {
      await using shop = await desk.open(terms);
      await desk.expectRefused(shop);
    },
  };
  return desk;
}

function shopOf(server: TestServer, question: LinkQuestion, back: string | undefined): LinkShop {
  const accepted: Accepted[] = [];
  const refusals: string[] = [];
  const headers = { 'content-type': 'application/json' };
  server.route(REQUEST_PATH, async ({ body }) => ({
    headers: { 'content-type': 'application/oauth-authz-req+jwt' },
    body: await question.requestObject(body),
  }));
  server.route(RESPONSE_PATH, async ({ body }) => {
    try {
      accepted.push(await question.verify(body));
      return { headers, body: JSON.stringify({ redirect_uri: back }) };
    } catch (error) {
      refusals.push(String(error));
      return { status: 400, headers, body: '{"error":"invalid_request"}' };
    }
  });
  return {
    ...{ server, origin: server.origin(NAME), question, accepted, refusals },
    asked: () => server.received.map(({ method, path }) => `${method} ${path}`),
    [Symbol.asyncDispose]: () => server.close(),
  };
}
