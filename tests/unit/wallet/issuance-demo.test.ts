import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningIssuer } from '../../../demo/issuer/server.ts';
import { startIssuer } from '../../../demo/issuer/server.ts';
import { askDue } from '../../../lib/wallet/index.ts';
import { Receiver, openMachine } from '../../fixtures/issuance.ts';
import type { Machine } from '../../fixtures/vault/machine.ts';

let machine: Machine;
let issuer: RunningIssuer;
beforeEach(async () => {
  machine = await openMachine();
  issuer = await startIssuer({ now: machine.clock.read });
});
afterEach(() => issuer.close());

/** An offer of a licence, as the issuer's page gets one. */
async function offerOf(how: string): Promise<object> {
  const response = await fetch(`${issuer.origin}/offers`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ person: (await people())[0], credential: 'driving-licence', how }),
  });
  const { offer } = (await response.json()) as { offer: object }; // the demo's own answer
  return offer;
}

async function people(): Promise<readonly string[]> {
  const list = (await (await fetch(`${issuer.origin}/people`)).json()) as readonly { id: string }[]; // as above
  return list.map(({ id }) => id);
}

/** What a person does on the page that the wallet sends them to: presses the first name. @returns where that leads */
async function signIn(url: string): Promise<string> {
  const [, href = ''] = /class="sign-in" href="([^"]+)"/.exec(await (await fetch(url)).text()) ?? [];
  const response = await fetch(new URL(href.replaceAll('&amp;', '&'), issuer.origin), { redirect: 'manual' });
  return response.headers.get('Location') ?? '';
}

async function lookAt(by: Receiver, how: string): Promise<{ readonly requestId: string; readonly digest: string }> {
  const requestId = await by.offer(issuer, await offerOf(how));
  return { requestId, digest: (await by.look(requestId)).digest };
}

test('the demo’s licence comes to whoever signs in, once for each code', async () => {
  const by = await Receiver.on(machine);
  const { requestId, digest } = await lookAt(by, 'sign-in');
  const { url } = await by.route('requests.signIn', { requestId, digest });
  const address = await signIn(url);
  await by.route('requests.signedIn', { requestId, address });
  expect(await by.accept(requestId)).toMatchObject({ credentials: 10 });
  expect(await by.credentials()).toMatchObject([{ name: 'Driving licence', instancesLeft: 10 }]);
});

test('the demo’s page is no way in for a code of another wallet', async () => {
  const by = await Receiver.on(machine);
  const first = await lookAt(by, 'sign-in');
  const { url } = await by.route('requests.signIn', first);
  const code = new URL(await signIn(url)).searchParams.get('code') ?? '';
  const stolen = await fetch(`${issuer.origin}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      code_verifier: 'x'.repeat(43),
      client_id: 'thief',
    }),
  });
  expect(stolen.ok).toBe(false);
});

test('the demo’s licence that is made to order comes half a minute later', async () => {
  const by = await Receiver.on(machine);
  const { requestId } = await lookAt(by, 'later');
  expect(await by.accept(requestId)).toMatchObject({ credentials: 0, promised: [{ name: 'Driving licence' }] });
  machine.clock.now += 10_000;
  await askDue(by.services);
  expect(await by.credentials()).toEqual([]);
  machine.clock.now += 25_000;
  const later = await Receiver.on(machine);
  await askDue(later.services);
  expect(await later.credentials()).toMatchObject([{ name: 'Driving licence', instancesLeft: 10 }]);
});
