import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Page } from 'puppeteer';
import { PEOPLE } from '../../demo/issuer/people.ts';
import type { Person } from '../../demo/issuer/people.ts';
import { findIn, layersOf } from '../fixtures/find-in.ts';
import type { ExtensionBrowser } from './setup/harness.ts';

/** Somebody on the demo's register. */
export function personCalled(id: string): Person {
  const found = PEOPLE.find((person) => person.id === id);
  if (found === undefined) throw new Error(`${id} is not on the register.`);
  return found;
}

/** The body of the demo issuer's next answer to the wallet's request for credentials: the issuer runs in this process. */
export function nextIssued(): Promise<string> {
  return new Promise((resolve) => {
    const watch = (message: unknown): void => {
      // What Node documents for this channel.
      const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
      if (request.method !== 'POST' || request.url !== '/credential') return;
      unsubscribe('http.server.request.start', watch);
      const end = response.end.bind(response);
      response.end = ((body: string) => {
        resolve(body);
        return end(body);
      }) as typeof response.end; // the demo's servers end their answers with one body
    };
    subscribe('http.server.request.start', watch);
  });
}

/** The shop's page, which keeps what the wallet hands it as any page could. */
export async function atTheDoor(opened: ExtensionBrowser, shop: { readonly origin: string }): Promise<Page> {
  const page = await opened.browser.newPage();
  await page.goto(shop.origin);
  await page.evaluate(() => {
    const provider = window.signet;
    if (provider === undefined) throw new Error('No provider.');
    const keep = (name: string) => (value: unknown) => Reflect.set(window, name, value);
    const requestProof: typeof provider.requestProof = (request) => {
      const answer = provider.requestProof(request);
      answer.then(keep('answer'), (error: unknown) => {
        if (error instanceof Error) keep('refused')({ name: error.name, code: Reflect.get(error, 'code') as unknown });
      });
      return answer;
    };
    Reflect.set(window, 'signet', { requestProof });
  });
  return page;
}

/** What the demo's page says of how it ended. */
export const outcomeText = (page: Page): Promise<string | null> =>
  page.$eval('#outcome', ({ textContent }) => textContent);

/** All that the page has after its visit: the wallet's answer, its document, and what it could have kept. */
export async function pageView(page: Page): Promise<Buffer> {
  const view = await page.evaluate(() => ({
    answer: Reflect.get(window, 'answer') as unknown,
    html: document.documentElement.outerHTML,
    local: Object.entries(localStorage),
    session: Object.entries(sessionStorage),
    cookie: document.cookie,
    fetched: performance.getEntries().map(({ name }) => name),
    state: history.state as unknown,
  }));
  return Buffer.from(JSON.stringify([view, await page.browserContext().cookies()]));
}

/** Everything on the licence that is about the person and was not asked. */
export function secretsOf({
  given_name,
  family_name,
  birthdate,
  address,
  driving_privileges,
}: Person): readonly string[] {
  const date = new Date(`${birthdate}T00:00:00Z`);
  const [year = '', month = '', day = ''] = birthdate.split('-');
  const words = (locale: string, dateStyle: 'long' | 'medium') =>
    new Intl.DateTimeFormat(locale, { dateStyle, timeZone: 'UTC' }).format(date);
  const dates = [
    birthdate,
    `${year}${month}${day}`,
    `${day}.${month}.${year}`,
    `${month}/${day}/${year}`,
    `${day}/${month}/${year}`,
    `${Number(month)}/${Number(day)}/${year}`,
    ...['en-US', 'en-GB'].flatMap((locale) => [words(locale, 'long'), words(locale, 'medium')]),
    String(date.getTime() / 1000),
  ];
  const parts = [...Object.values(address), ...address.street_address.split(' ').filter((word) => word.length > 3)];
  const names = ['given_name', 'family_name', 'birthdate', 'driving_privileges', 'vehicle_category_code'];
  const driving = driving_privileges.map(({ issue_date }) => issue_date);
  return [...new Set([given_name, family_name, ...dates, ...parts, ...driving, ...names])];
}

/** Which of the person's data stand in the bytes. */
export const secretsIn = (bytes: Buffer, person: Person): string[] => findIn(bytes, secretsOf(person));

/** Whether the very bytes of a secret stand in the bytes, as they are or spelled in hex, base64 or decimals. */
export function hasBytes(bytes: Buffer, secret: Buffer): boolean {
  const number = BigInt(`0x${Buffer.from(secret).reverse().toString('hex')}`).toString();
  const spelled = [secret.toString('hex'), secret.toString('hex').toUpperCase(), secret.toString('base64'), number];
  const forms = [secret, ...spelled.map((text) => Buffer.from(text))];
  return layersOf(bytes).some((layer) => forms.some((form) => layer.includes(form)));
}
