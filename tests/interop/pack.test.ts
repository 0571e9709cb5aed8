import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueCapability, signingKeyOf, verifyReceipt } from '../../lib/capabilities/index.ts';
import { SecretBytes, fromBase64url, parseOrigin } from '../../lib/core/index.ts';
import type { Origin } from '../../lib/core/index.ts';
import type { PageRequest } from '../../lib/sdk/index.ts';
import { proveHolder } from '../../lib/sdk/index.ts';
import { createForeignHolder, FOREIGN_ISSUER, FOREIGN_TYPE, type ForeignHolder } from '../fixtures/foreign-holder.ts';
import type { ForeignWallet } from '../fixtures/openid4vc-wallet.ts';
import { createForeignWallet } from '../fixtures/openid4vc-wallet.ts';
import { readmeExample } from '../fixtures/readme.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signet-pack-'));
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: ROOT });
  const tarball = stdout.trim().split('\n').at(-1) ?? '';
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'a-shop', private: true, type: 'module' }));
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];
  await run('npm', ['install', ...quiet, `signet@file:./${tarball}`], { cwd: folder });
}, 240_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the packed package', () => {
  test('brings the SDK and its texts, and nothing of the extension', async () => {
    const files = await readdir(join(folder, 'node_modules/signet'), { recursive: true });
    expect(files).toContain('LICENSE-MIT');
    expect(files).toContain('dist/sdk/sdk/index.js');
    expect(
      files.filter((file) => /extension|vault|platform|entrypoints|\.tsx?$/.test(file.replace(/\.d\.ts$/, ''))),
    ).toEqual([]);
  });

  test('depends on what the SDK imports and on nothing else', async () => {
    const sdk = join(folder, 'node_modules/signet/dist/sdk');
    const scripts = (await readdir(sdk, { recursive: true })).filter((file) => file.endsWith('.js'));
    const code = (await Promise.all(scripts.map((file) => readFile(join(sdk, file), 'utf8')))).join('\n');
    const imported = [...code.matchAll(/(?:\bfrom|^import|\bimport\()\s*['"]([^.'"][^'"]*)['"]/gm)]
      .map(([, specifier = '']) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '')
      .filter((name) => !name.startsWith('node:') && !builtinModules.includes(name));
    // npm wrote it.
    const { dependencies } = JSON.parse(await readFile(join(folder, 'node_modules/signet/package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    expect(Object.keys(dependencies).sort()).toEqual([...new Set(imported)].sort());
  });

  test('has types that a strict service compiles with, window.signet among them', async () => {
    await writeFile(
      join(folder, 'service.ts'),
      `import { createRequest, verify, verifyResponse, type ProofRequest, type RequestSession, type VerifyResult } from 'signet/sdk';
       const request: ProofRequest = { claims: ['age_over_21'], nonce: 'MDEyMzQ1Njc4OWFiY2RlZg', purpose: 'x' };
       export const proof = async (): Promise<string | undefined> => (await window.signet?.requestProof(request))?.proof;
       export const check = (text: string): Promise<VerifyResult> =>
         verify(text, 'age_over_21', 'https://shop.example', { nonce: request.nonce, issuers: [] });
       export const ask = async (): Promise<RequestSession> =>
         (await createRequest({ claims: 'member', types: ['a'], origin: 'https://shop.example' })).session;
       export const learn = async (answer: unknown, session: RequestSession): Promise<unknown> => {
         const replay = { remember: async (): Promise<'new'> => 'new' };
         const result = await verifyResponse(answer, session, { issuers: [], replay });
         return result.valid ? result.presentations : result.error;
       };`,
    );
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const flags = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--lib',
      'es2024,dom,esnext.disposable',
    ];
    const { stdout } = await run(process.execPath, [tsc, ...flags, 'service.ts'], { cwd: folder }).catch(
      (error: unknown) => error as { readonly stdout: string }, // execFile's errors carry what was printed
    );
    expect(stdout).toBe('');
  });
});

describe('what README shows under "Accept Signet"', () => {
  let holder: ForeignHolder;
  let origin: string;
  let server: ChildProcess;

  beforeAll(async () => {
    for (const [name, content] of await readmeExample('Accept Signet')) await writeFile(join(folder, name), content);
    holder = await createForeignHolder();
    const issuers = [{ issuer: FOREIGN_ISSUER, types: [FOREIGN_TYPE], jwks: { keys: [holder.issuerKey] } }];
    await writeFile(join(folder, 'issuers.json'), JSON.stringify(issuers));
    origin = `http://localhost:${await freePort()}`;
    server = spawn(process.execPath, ['server.mjs'], { cwd: folder, env: { ...process.env, ORIGIN: origin } });
    await answers(origin);
  });

  afterAll(() => server.kill());

  const nonce = async (): Promise<string> => (await fetch(`${origin}/nonce`)).text();
  const enter = (body: object): Promise<Response> =>
    fetch(`${origin}/enter`, { method: 'POST', body: JSON.stringify(body) });

  test('is under 40 lines', async () => {
    const lines = [...(await readmeExample('Accept Signet')).values()].join('').split('\n');
    expect(lines.filter((line) => line.trim() !== '').length).toBeLessThan(40);
  });

  test('lets in who proves it', async () => {
    const asked = { origin, nonce: await nonce() };
    const reply = await enter({ proof: await holder.present(asked), nonce: asked.nonce });
    expect([reply.status, await reply.text()]).toEqual([200, 'Welcome.']);
  });

  test('lets nobody in twice with one proof', async () => {
    const asked = { origin, nonce: await nonce() };
    const body = { proof: await holder.present(asked), nonce: asked.nonce };
    await enter(body);
    expect((await enter(body)).status).toBe(400);
  });

  test('turns away a proof that was made for another site', async () => {
    const asked = { origin: 'https://elsewhere.example', nonce: await nonce() };
    const reply = await enter({ proof: await holder.present(asked), nonce: asked.nonce });
    expect([reply.status, await reply.text()]).toEqual([403, 'Sorry: wrong_audience']);
  });

  test('turns away a proof of an issuer that it does not know', async () => {
    const asked = { origin, nonce: await nonce() };
    const stranger = await createForeignHolder();
    const reply = await enter({ proof: await stranger.present(asked), nonce: asked.nonce });
    expect(reply.status).toBe(403);
  });

  test('survives a body that is no JSON', async () => {
    expect((await fetch(`${origin}/enter`, { method: 'POST', body: '{' })).status).toBe(400);
    expect((await fetch(origin)).status).toBe(200);
  });
});

describe('the door that README shows under "Ask any wallet"', () => {
  let wallet: ForeignWallet;
  let origin: string;
  let server: ChildProcess;

  beforeAll(async () => {
    for (const [name, content] of await readmeExample('Ask any wallet')) await writeFile(join(folder, name), content);
    const claims = { given_name: 'Ada', age_over_21: true };
    wallet = await createForeignWallet([{ iss: FOREIGN_ISSUER, vct: FOREIGN_TYPE, claims }]);
    const issuers = [{ issuer: FOREIGN_ISSUER, types: [FOREIGN_TYPE], jwks: { keys: [wallet.issuerKey] } }];
    await writeFile(join(folder, 'issuers.json'), JSON.stringify(issuers));
    origin = `http://localhost:${await freePort()}`;
    server = spawn(process.execPath, ['any.mjs'], { cwd: folder, env: { ...process.env, ORIGIN: origin } });
    await answers(origin);
  });

  afterAll(() => server.kill());

  interface Asked {
    readonly id: string;
    readonly asked: PageRequest;
  }

  const ask = async (): Promise<Asked> => (await (await fetch(`${origin}/request`)).json()) as Asked; // what it shows

  /** What the page sends, once a wallet at some origin has answered. */
  async function answerTo({ id, asked }: Asked, at = origin): Promise<string> {
    const [call] = asked.digital.requests;
    if (call === undefined) throw new Error('Nothing is asked.');
    const data = await wallet.answerPage(call, at);
    return JSON.stringify({ id, answer: { protocol: call.protocol, data } });
  }

  async function enter(body: string): Promise<readonly [number, string]> {
    const reply = await fetch(`${origin}/enter`, { method: 'POST', body });
    return [reply.status, await reply.text()];
  }

  test('lets in whom a wallet made of other people’s software speaks for', async () => {
    expect(await enter(await answerTo(await ask()))).toEqual([200, 'Welcome.']);
  });

  test('lets nobody in twice with one answer, nor with an answer that was made elsewhere or to somebody else', async () => {
    const body = await answerTo(await ask());
    await enter(body);
    expect(await enter(body)).toEqual([403, 'Sorry: wrong_nonce']);
    expect(await enter(await answerTo(await ask(), 'https://elsewhere.example'))).toEqual([
      403,
      'Sorry: wrong_audience',
    ]);
    const [mine, other] = [await ask(), await ask()];
    expect(await enter(await answerTo({ id: other.id, asked: mine.asked }))).toEqual([403, 'Sorry: malformed']);
    expect(await enter(await answerTo({ ...mine, id: 'guess' }))).toEqual([400, 'Please try again.']);
  });
});

describe('the shop that README shows under "Take a capability"', () => {
  const wallet = signingKeyOf(SecretBytes.take(new Uint8Array(32).fill(7)));
  let holder: CryptoKeyPair;
  let origin: Origin;
  let server: ChildProcess;

  beforeAll(async () => {
    for (const [name, content] of await readmeExample('Take a capability'))
      await writeFile(join(folder, name), content);
    await writeFile(join(folder, 'authorities.json'), JSON.stringify([{ key: wallet.publicKey }]));
    const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
    if (!('privateKey' in pair)) throw new Error('such keys come in pairs');
    holder = pair;
    origin = parseOrigin(`http://localhost:${await freePort()}`, 'origin');
    server = spawn(process.execPath, ['pay.mjs'], { cwd: folder, env: { ...process.env, ORIGIN: origin } });
    await answers(`${origin}/order`);
  });

  afterAll(() => server.kill());

  interface Order {
    readonly nonce: string;
    readonly receipt_jwk: { readonly x: string };
    readonly price: string;
  }

  /** A ledger in memory takes nothing that was issued in its first half minute: this wallet's clock is as much ahead. */
  async function tokenFor(audience: Origin, amount = 1250): Promise<string> {
    const ahead = (Math.floor(Date.now() / 1000) + 31) * 1000;
    const { x = '' } = await crypto.subtle.exportKey('jwk', holder.publicKey);
    const money = { max_amount: amount, unit: 'minor', currency: 'USD' } as const;
    const terms = { permissions: ['purchase'], ...money, one_time: true, purpose: 'Tea' };
    const draft = { audience, holder: { kty: 'OKP', crv: 'Ed25519', x }, lifetime: 300, terms } as const;
    const token = await issueCapability(draft, wallet, ahead);
    while (Date.now() < ahead - 30_000) await new Promise((resolve) => setImmediate(resolve));
    return token;
  }

  const order = async (): Promise<Order> => (await (await fetch(`${origin}/order`)).json()) as Order; // what it shows

  async function pay(token: string, { nonce, price }: Pick<Order, 'nonce' | 'price'>): Promise<Response> {
    const [url, body] = [`${origin}/pay`, JSON.stringify({ token })];
    const use = { method: 'POST', url, action: 'purchase', amount: price, currency: 'USD', body };
    const proof = await proveHolder(token, use, { key: holder.privateKey, nonce });
    return fetch(url, { method: 'POST', headers: { 'signet-proof': proof, 'signet-nonce': nonce }, body });
  }

  test('sells for a token, with a receipt of the key that it named, and not twice for one', async () => {
    const [token, asked] = [await tokenFor(origin), await order()];
    const sold = await pay(token, asked);
    expect(sold.status).toBe(200);
    const receipt = await verifyReceipt(await sold.text(), fromBase64url(asked.receipt_jwk.x));
    expect(receipt).toMatchObject({ type: 'paid', audience: origin, amount: 1250, currency: 'USD', items: 'Tea' });
    const again = await pay(token, await order());
    expect([again.status, await again.text()]).toEqual([402, 'The token was used before.']);
  });

  test('sells nothing for less than its price, whatever the page calls the price, nor for another shop’s token', async () => {
    expect((await pay(await tokenFor(origin, 1249), await order())).status).toBe(402);
    expect((await pay(await tokenFor(origin), { ...(await order()), price: '0.01' })).status).toBe(402);
    expect((await pay(await tokenFor(parseOrigin('https://elsewhere.example', 'origin')), await order())).status).toBe(
      402,
    );
  });

  test('takes no nonce twice, and none of another', async () => {
    const [token, asked] = [await tokenFor(origin), await order()];
    await pay(token, asked);
    expect((await pay(token, asked)).status).toBe(400);
    expect((await pay(token, { ...asked, nonce: 'MDEyMzQ1Njc4OWFiY2RlZg' })).status).toBe(400);
  });
});

/** A port that was free a moment ago: the example takes its port from the origin it is told. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0);
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo; // a server that listens on TCP has one of this kind
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function answers(url: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const reply = await fetch(url).catch(() => undefined);
    if (reply?.ok === true) return;
    if (Date.now() > deadline) throw new Error(`Nothing answers at ${url}.`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
