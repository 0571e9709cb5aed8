import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verify } from '../../../lib/sdk/index.ts';
import { BuiltCommand } from '../../fixtures/built-command.ts';
import { hold, show } from '../../fixtures/credentials/any-wallet.ts';
import { certify, createParty, x5cOf } from '../../fixtures/credentials/test-certificates.ts';
import { ISSUER, createTestIssuer, issueAge } from '../../fixtures/credentials/test-issuer.ts';
import { readmeExample } from '../../fixtures/readme.ts';
import { serve } from '../../fixtures/serve.ts';
import type { Asking, Terms } from '../../fixtures/verification/foreign-proofs.ts';
import { ForeignProofs, SHOP, newNonce, seconds } from '../../fixtures/verification/foreign-proofs.ts';
import { proveAdult } from '../../fixtures/verification/range-proof.ts';
import { exchange, statuses } from '../../fixtures/verification/raw-http.ts';
import { Serving } from '../../fixtures/verification/serving.ts';

const OTHER = 'https://other.example';

let command: BuiltCommand;
let proofs: ForeignProofs;
let server: Serving;

const configuration = (more: object = {}): object => ({ audiences: [SHOP, OTHER], issuers: [proofs.issuer], ...more });

beforeAll(async () => {
  command = await BuiltCommand.build();
  proofs = await ForeignProofs.create();
  const limits = { body_bytes: 32_768 };
  server = await Serving.start(command, configuration({ origins: ['https://desk.example'], limits }));
}, 120_000);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await command.remove();
});

const reasonOf = async (asking: object, on = server): Promise<unknown> => {
  const { status, body } = await on.post(asking);
  expect(status).toBe(200);
  return body['valid'] === true ? 'valid' : body['reason'];
};

describe('POST /verify', () => {
  test('says of a good proof what the SDK says', async () => {
    const asking = await proofs.ask();
    const { proof, nonce } = asking;
    const claims = [{ name: 'age_over_21', values: [true] }];
    const expected = await verify(proof, claims, SHOP, { nonce, issuers: [proofs.issuer] });
    const { status, body, headers } = await server.post(asking);
    expect({ status, body }).toEqual({ status: 200, body: JSON.parse(JSON.stringify(expected)) as object });
    expect(body).toMatchObject({ valid: true, claims: { age_over_21: true } });
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  test('takes claims as the SDK does, a bare host, and types and issuers that narrow', async () => {
    const { proof, nonce } = await proofs.ask({ shown: ['age_over_21', 'given_name'] });
    const claims = ['age_over_21', { name: 'given_name', values: ['Ada', 'Grace'] }];
    const { types, issuer } = proofs.issuer;
    expect(await reasonOf({ proof, nonce, claims, audience: 'shop.example', types, issuers: [issuer] })).toBe('valid');
  });

  const tampered = ({ proof, ...rest }: Asking): object => {
    const [jwt = '', ...others] = proof.split('~');
    const [head = '', body = '', signature = ''] = jwt.split('.');
    const payload = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
    const changed = Buffer.from(JSON.stringify({ ...payload, exp: seconds() + 999_999 })).toString('base64url');
    return { ...rest, proof: [`${head}.${changed}.${signature}`, ...others].join('~') };
  };
  const past = { iat: seconds() - 7200, exp: seconds() - 3600 };
  const cases: readonly (readonly [string, string, Terms, (asking: Asking) => object])[] = [
    ['is tampered with', 'bad_signature', {}, tampered],
    ['is of an expired credential', 'expired', { payload: past }, (one) => one],
    ['was made too long ago', 'expired', { binding: { iat: seconds() - 400 } }, (one) => one],
    ['was made in the future', 'not_yet_valid', { binding: { iat: seconds() + 600 } }, (one) => one],
    ['was made for another site', 'wrong_audience', {}, (one) => ({ ...one, audience: OTHER })],
    ['answers another nonce', 'wrong_nonce', {}, (one) => ({ ...one, nonce: newNonce() })],
    [
      'answers another claim',
      'wrong_claim',
      {},
      (one) => ({ ...one, claim: { attribute: 'age_over_65', value: true } }),
    ],
    ['has another value', 'wrong_claim', {}, (one) => ({ ...one, claim: { attribute: 'age_over_21', value: false } })],
    ['discloses more', 'over_disclosed', { shown: ['age_over_21', 'given_name'] }, (one) => one],
    ['is of another type', 'wrong_type', { payload: { vct: 'https://issuer.example/other' } }, (one) => one],
    ['is of an unknown issuer', 'untrusted_issuer', { payload: { iss: 'https://who.example' } }, (one) => one],
    ['has no key binding', 'no_holder_proof', {}, (one) => ({ ...one, proof: one.proof.replace(/~[^~]*$/, '~') })],
    ['is no proof', 'malformed', {}, (one) => ({ ...one, proof: 'not a proof' })],
    ['is empty', 'malformed', {}, (one) => ({ ...one, proof: '' })],
    [
      'shows no holder',
      'no_holder_proof',
      {},
      (one) => ({ ...one, proof: Buffer.from('{"v":1}').toString('base64url') }),
    ],
  ];
  test.each(cases)('refuses a proof that %s: %s', async (_, reason, terms, change) => {
    expect(await reasonOf(change(await proofs.ask(terms)))).toBe(reason);
  });

  test('refuses a proof by the key of somebody else', async () => {
    const stranger = await ForeignProofs.create();
    expect(await reasonOf(await stranger.ask())).toBe('bad_signature');
  });

  test('takes a nonce once, however many ask at the same time, and another audience has nonces of its own', async () => {
    const asking = await proofs.ask();
    const reasons = await Promise.all(Array.from({ length: 50 }, () => reasonOf(asking)));
    expect(reasons.filter((one) => one === 'valid')).toHaveLength(1);
    expect(reasons.filter((one) => one === 'wrong_nonce')).toHaveLength(49);
    expect(await reasonOf(asking)).toBe('wrong_nonce');
  });

  test('uses up no nonce on a proof that is not valid', async () => {
    const asking = await proofs.ask();
    expect(await reasonOf(tampered(asking))).toBe('bad_signature');
    expect(await reasonOf(asking)).toBe('valid');
  });

  test.each([
    ['too short a nonce', 'nonce', { nonce: 'YWJj' }],
    ['no audience', 'audience', { audience: undefined }],
    ['an audience that is not configured', 'audience', { audience: 'https://evil.example' }],
    ['a type that is not configured', 'types', { types: ['https://issuer.example/other'] }],
    ['an issuer that is not configured', 'issuers', { issuers: ['https://who.example'] }],
    ['claim and claims', 'claim', { claims: ['age_over_21'] }],
    ['a proof that is no text', 'proof', { proof: 7 }],
    ['something that is not known', 'bearer', { bearer: true }],
  ])('answers 400 to %s, and names the field', async (_, field, change) => {
    const { status, body } = await server.post({ ...(await proofs.ask()), ...change });
    expect({ status, body }).toMatchObject({ status: 400, body: { error: { reason: 'bad_request', field } } });
  });

  test.each([
    ['no JSON', '{"proof":', 400],
    ['JSON that is no object', '[]', 400],
    ['deep JSON', '['.repeat(5000), 400],
    ['nothing', '', 400],
    ['too much', JSON.stringify({ proof: 'x'.repeat(40_000) }), 413],
  ])('answers a body with %s', async (_, body, status) => {
    expect((await server.post(body)).status).toBe(status);
  });

  test.each([
    [{ 'content-type': 'text/plain' }, 415],
    [{ 'content-type': 'application/json; charset=latin1' }, 415],
    [{ 'content-type': 'application/jsonp' }, 415],
    [{ 'content-encoding': 'gzip' }, 415],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: 'https://desk.example' }, 200],
    [{ 'content-type': 'application/json; charset=UTF-8' }, 200],
  ])('answers %j with %s', async (headers, status) => {
    expect((await server.post(await proofs.ask(), headers)).status).toBe(status);
  });
});

describe('revocation', () => {
  test('is asked of the list that the issuer signed, once for many, and what cannot be told is not accepted', async () => {
    let fetched = 0;
    let uri = '';
    let mood: 'good' | 'forged' | 'down' = 'good';
    const stranger = await ForeignProofs.create();
    const lst = deflateSync(Uint8Array.of(0b0000_0010)).toString('base64url');
    await using lists = await serve((_request, response) => {
      fetched += 1;
      const payload = { sub: uri, iat: seconds(), exp: seconds() + 3600, ttl: 600, status_list: { bits: 1, lst } };
      const signer = mood === 'forged' ? stranger : proofs;
      if (mood === 'down') response.writeHead(503).end();
      else void signer.signJwt({ typ: 'statuslist+jwt' }, payload).then((list) => response.end(list));
    });
    const placed = (path: string, idx: number): Promise<Asking> => {
      uri = lists.origin + path;
      return proofs.ask({ payload: { status: { status_list: { uri, idx } } } });
    };
    await using careful = await Serving.start(command, configuration({ development: true }));
    const good = await Promise.all(Array.from({ length: 20 }, () => placed('/1', 0)));
    expect(new Set(await Promise.all(good.map((one) => reasonOf(one, careful))))).toEqual(new Set(['valid']));
    expect(await reasonOf(await placed('/1', 1), careful)).toBe('revoked');
    expect(fetched).toBe(1);
    for (mood of ['forged', 'down'] as const) {
      const { status, body } = await careful.post(await placed(`/${mood}`, 0));
      expect({ status, body }).toMatchObject({ status: 503, body: { error: { reason: 'status_unknown' } } });
    }
    expect((await server.post(await placed('/1', 0))).status).toBe(503); // http is for development
    await using careless = await Serving.start(command, configuration({ status: 'skip' }));
    expect(await reasonOf(await placed('/1', 1), careless)).toBe('valid');
  });
});

describe('other proofs than of plain keys', () => {
  test('are verified too: about a number that is not shown, and by an issuer that a certificate names', async () => {
    const nonce = newNonce();
    const { proof, issuer } = await proveAdult({ origin: SHOP, nonce });
    const certified = await byCertificate(nonce);
    const issuers = [issuer, certified.issuer];
    await using broad = await Serving.start(command, { audiences: [SHOP, OTHER], issuers });
    const claims = [{ name: 'birth_date', age_at_least: 21 }];
    const { body } = await broad.post({ proof, claims, audience: SHOP, nonce });
    expect(body).toMatchObject({ valid: true, format: 'bulletproof', issuer: ISSUER });
    const older = { proof, claims: [{ name: 'birth_date', age_at_least: 65 }], audience: SHOP, nonce };
    expect(['wrong_claim', 'over_disclosed']).toContain(await reasonOf(older, broad));
    const asked = { proof: certified.proof, claim: 'age_over_21', audience: OTHER, nonce };
    expect(await reasonOf({ ...asked, claim: 'age_over_65' }, broad)).toBe('wrong_claim');
    expect(await reasonOf(asked, broad)).toBe('valid');
  });

  async function byCertificate(nonce: string) {
    const [issuer, root] = [await createTestIssuer(), await createParty('Root')];
    const times = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 86_400_000 };
    const leaf = { name: 'Leaf', kind: 'P-256', keyPair: issuer.keyPair } as const;
    const uris = [OTHER];
    const x5c = x5cOf(await certify(leaf, root, { ...times, uris }));
    const payload = { iss: OTHER, vct: `${OTHER}/age`, iat: seconds() - 60, exp: seconds() + 3600 };
    const held = await hold((holder) => issueAge(issuer, holder, { payload, header: { x5c } }));
    const anchor = Buffer.from(await certify(root, root, { ...times, authority: true, uris: [] })).toString('base64');
    return {
      proof: show(held, { audience: `origin:${OTHER}`, nonce, binding: { iat: seconds() } }),
      issuer: { issuer: OTHER, types: [`${OTHER}/age`], anchors: [anchor] },
    };
  }
});

describe('a server that has just started', () => {
  test('accepts nothing that an earlier one could have accepted, and says so', async () => {
    await using young = await Serving.start(command, configuration(), []);
    const asking = await proofs.ask();
    const { status, headers, body } = await young.post(asking);
    expect({ status, body }).toMatchObject({ status: 503, body: { error: { field: 'nonces' } } });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    const health = await fetch(`${young.url}/health`);
    expect({ status: health.status, body: (await health.json()) as unknown }).toEqual({
      status: 503,
      body: { live: true, ready: false, nonces: 'too_young' },
    });
    expect((await fetch(`${young.url}/health/live`)).status).toBe(200);
    expect(await reasonOf({ ...asking, nonce: newNonce() }, young)).toBe('wrong_nonce');
    // A holder whose clock is ahead made it after the start, whatever clock that was.
    const ahead = (): Promise<Asking> => proofs.ask({ binding: { iat: seconds() + 30 } });
    await expect.poll(async () => (await young.post(await ahead())).body['valid'], { timeout: 10_000 }).toBe(true);
  });
});

describe('the command', () => {
  test('logs what became of requests, and nothing that was in them', async () => {
    await using told = await Serving.start(command, configuration());
    const asking = await proofs.ask();
    await told.post(asking);
    await told.post({ ...asking, secret_field: 'Ada' });
    await fetch(`${told.url}/private-path?token=hunter2`);
    told.signal('SIGTERM');
    expect(await told.ended()).toBe(0);
    const lines = told.log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(lines.map(({ path, status, outcome }) => [path, status, outcome])).toEqual([
      ['/verify', 200, 'valid'],
      ['/verify', 400, 'bad_request'],
      ['other', 404, 'not_found'],
    ]);
    for (const word of [asking.nonce, asking.proof.slice(0, 20), 'age_over', 'Ada', 'hunter2', 'private']) {
      expect(told.log).not.toContain(word);
    }
  });

  test('has nothing of it loaded for other commands: a hook starts before each call of a tool', async () => {
    const hook = await readFile(join(dirname(command.file), 'signet-hook.js'), 'utf8');
    const loaded = [...hook.matchAll(/\brequire\([`"'](node:[\w/]+)[`"']\)/g)].map(([, name]) => name);
    expect(loaded).toContain('node:fs');
    expect(loaded.filter((name = '') => /http|crypto|tls|net/.test(name))).toEqual([]);
  });

  test('goes on where nobody reads its log any more', async () => {
    await using unheard = await Serving.start(command, configuration());
    unheard.stopReadingLog();
    for (let times = 0; times < 3; times++) expect(await reasonOf(await proofs.ask(), unheard)).toBe('valid');
    unheard.signal('SIGTERM');
    expect(await unheard.ended()).toBe(0);
  });

  test('says what it verifies, and that it is ready', async () => {
    expect(await (await fetch(`${server.url}/.well-known/signet.json`)).json()).toMatchObject({
      name: 'signet',
      formats: ['dc+sd-jwt', 'bulletproof'],
      endpoints: { verify: '/verify' },
      issuers: [{ issuer: proofs.issuer.issuer, types: proofs.issuer.types }],
    });
    expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ live: true, ready: true, nonces: 'ready' });
    expect((await fetch(`${server.url}/health`, { method: 'HEAD' })).status).toBe(200);
  });

  const home = (): Promise<string> => mkdtemp(join(command.folder, 'home-'));

  test('reads its configuration from the folder, and says all that is wrong with it and where', async () => {
    const folder = await home();
    const file = join(folder, 'verification.yaml');
    await writeFile(file, JSON.stringify(configuration()));
    expect(await command.run(folder, ['serve', '--check'])).toMatchObject({
      code: 0,
      out: 'Good: 1 issuers, 2 audiences.\n',
    });
    await writeFile(
      file,
      'audiences: [shop.example]\nissuers:\n  - issuer: https://a.example\n    jwks: {}\nlimit: {}\n',
    );
    const { code, err } = await command.run(folder, ['serve', '--check']);
    expect(code).toBe(1);
    expect(err).toMatch(/^line 1, audiences\[0\]: .*origin/m);
    expect(err).toMatch(/^line 4, issuers\[0\]\.jwks\.keys: It must be a JWK Set/m);
    expect(err).toMatch(/^line \d, limit: There is no such key/m);
    expect((await command.run(folder, ['serve', '--port', '0'])).code).toBe(1);
  });

  test('starts without a configuration, trusts nobody, and says so', async () => {
    await using bare = await Serving.start(command, undefined);
    expect(await bare.post(await proofs.ask())).toMatchObject({ status: 400, body: { error: { field: 'audience' } } });
    const health = await fetch(`${bare.url}/health`);
    expect([health.status, await health.json()]).toMatchObject([503, { live: true, ready: false }]);
    await expect.poll(() => bare.log).toMatch(/Nothing is valid: write .*verification\.yaml/);
  });

  test('takes the configuration that README shows', async () => {
    const folder = await home();
    for (const [name, content] of await readmeExample('Verification server'))
      await writeFile(join(folder, name), content);
    const checked = await command.run(folder, ['serve', '--check', '--json']);
    expect(checked).toEqual({ code: 0, out: '{"good":true,"problems":[]}\n', err: '' });
  });

  test.each([
    [['--transport', 'carrier-pigeon'], /--transport takes stdio or http/],
    [['--port', '99999'], /--port takes a number/],
    [['--config', 'nowhere.yaml'], /nowhere\.yaml cannot be read/],
    [['--host', '0.0.0.0', '--port', '0'], /by which names it is called/],
  ])('does not start with %j', async (args, told) => {
    const folder = await home();
    await writeFile(join(folder, 'verification.yaml'), JSON.stringify(configuration()));
    const { code, err } = await command.run(folder, ['serve', ...args]);
    expect(code).toBe(2);
    expect(err).toMatch(told);
  });

  test('says what is missing where Redis is configured and its client is not installed', async () => {
    const folder = await home();
    await writeFile(
      join(folder, 'verification.yaml'),
      JSON.stringify(configuration({ nonces: { redis: '/nowhere' } })),
    );
    const { code, err } = await command.run(folder, ['serve', '--port', '0']);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/npm install ioredis/) as string });
  });

  test('warns where other machines can reach it', async () => {
    await using open = await Serving.start(command, configuration({ hosts: ['verify.internal'] }), [
      '--host',
      '0.0.0.0',
      '--fresh',
    ]);
    const { port } = open;
    const hosts = ['verify.internal', `verify.internal:${port}`, `0.0.0.0:${port}`, `127.0.0.1:${port}`];
    const answered = await Promise.all(
      hosts.map((host) => exchange(port, `GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)),
    );
    expect(answered.map((one) => statuses(one)[0])).toEqual([200, 200, 421, 421]);
    open.signal('SIGTERM');
    await open.ended();
    expect(open.log).toContain('other machines can reach this address');
  });
});
