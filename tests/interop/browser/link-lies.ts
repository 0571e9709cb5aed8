import { describe, expect, test } from 'vitest';
import { approve, findNamed, named, text, untilSays } from '../../e2e/setup/harness.ts';
import type { Reply } from '../../e2e/setup/harness.ts';
import type { Lie, LinkTerms } from './foreign-verifier.ts';
import { REQUEST_PATH } from './foreign-verifier.ts';
import { runOut, saying, unheardOf, withKeys, without } from './lies.ts';
import type { LinkDesk } from './link-desk.ts';
import { openRegistry } from './registry.ts';
import { HOSTILE_TRANSACTIONS } from './transactions.ts';

const TOLD_NOTHING = 'is told nothing where its request %s';

/** Makes a liar of whoever has a link, in what depends on how it writes and signs its messages. */
export function describeLinkForgeries(desk: LinkDesk): void {
  const lies: readonly (readonly [string, LinkTerms])[] = [
    ['has a wallet nonce of its own', { method: 'post', walletNonce: 'A'.repeat(22) }],
    ['has an extension that nobody knows', { header: unheardOf }],
    ['is of another type', { header: saying({ typ: 'JWT' }) }],
    ['does not say which of its keys signs', { identity: 'did:jwk', header: without('kid') }],
    ['has an attestation that has run out', { identity: 'verifier_attestation', attestation: runOut }],
    [
      'has an attestation about another client',
      { identity: 'verifier_attestation', attestation: saying({ sub: 'bank.example' }) },
    ],
    [
      'has an attestation for other addresses',
      { identity: 'verifier_attestation', attestation: saying({ redirect_uris: ['https://bank.example/response'] }) },
    ],
  ];
  test.each(lies)(TOLD_NOTHING, (_, terms) => desk.refused({ identity: 'x509_hash', ...terms }));

  test.each(['x509_hash', 'x509_san_dns', 'did:jwk', 'verifier_attestation'] as const)(
    'is told nothing where its request is signed by another key than that of its %s',
    async (identity) => {
      const { key: forger } = await desk.registry.certificateFor('shop.example');
      await desk.refused({ identity, forger });
    },
  );

  test('is told nothing where its did:web has another key than it signs with', async () => {
    const { key: forger } = await desk.registry.certificateFor('shop.example');
    await using shop = await desk.open({ identity: 'did:web', forger });
    const consent = await desk.followInWindow(shop);
    await untilSays(consent, text('consent_failed'));
    expect(await findNamed(consent, text('allow_once'), 'button')).toBeNull();
    expect(shop.asked()).toEqual(['GET /request', 'GET /.well-known/did.json']);
  });

  test('is told nothing where its certificate is for another host', async () => {
    const certificate = await desk.registry.certificateFor('bank.example');
    await using shop = await desk.open({ identity: 'x509_san_dns' }, { stand: { certificate } });
    await desk.expectRefused(shop);
  });

  test('is told nothing where its certificate is not the one of its x509_hash', async () => {
    const { leaf } = await desk.registry.certificateFor('shop.example');
    const header = saying({ x5c: [Buffer.from(leaf).toString('base64')] });
    await desk.refused({ identity: 'x509_hash', header });
  });

  test('is told nothing where nobody whom the person trusts attests it', async () => {
    const registry = await openRegistry('Registry of Elsewhere');
    await using shop = await desk.open({ identity: 'verifier_attestation' }, { stand: { registry } });
    await desk.expectRefused(shop);
  });

  test('is told nothing where its key for answers is off the curve', () =>
    desk.refused({
      ...{ identity: 'x509_hash', enc: 'A256GCM' },
      payload: withKeys((keys) => keys.map((key) => ({ ...key, y: key['x'] }))),
    }));
}

/** Makes a liar of whoever has a link, in what any verifier would write with the same bytes. */
export function describeLinkLies(desk: LinkDesk): void {
  const payloads: readonly (readonly [string, Lie])[] = [
    ['has run out', runOut],
    ['is under another client id than the link', saying({ client_id: 'x509_hash:AAAA' })],
    ['is for another wallet', saying({ aud: 'https://wallet.example' })],
    ['is to be answered through a browser', saying({ response_mode: 'dc_api' })],
    ['is to be answered nowhere', without('response_uri')],
    ['is to be answered in the clear', saying({ response_uri: 'http://shop.example/response' })],
    ['has a redirect_uri beside its response_uri', saying({ redirect_uri: 'https://shop.example/back' })],
    ['is larger than any request', saying({ padding: 'x'.repeat(2 << 20) })],
    ['has no nonce', without('nonce')],
    ['asks for nothing', saying({ dcql_query: { credentials: [] } })],
  ];
  test.each(payloads)(TOLD_NOTHING, (_, payload) => desk.refused({ identity: 'x509_hash', payload }));

  test('is told nothing where the answer is to go to another host than its x509_san_dns names', () =>
    desk.refused({ identity: 'x509_san_dns', payload: saying({ response_uri: 'https://bank.example/response' }) }));

  test('is told nothing where an unsigned request is to be answered elsewhere than its client id says', async () => {
    const payload: Lie = (honest) => ({ ...honest, client_id: 'redirect_uri:https://bank.example/response' });
    await using shop = await desk.open({ payload });
    await desk.expectUnread(shop);
  });

  const transactions = HOSTILE_TRANSACTIONS.slice(0, 2);
  test.each(transactions)('is told nothing where its request is about a transaction %s', (_, transaction) =>
    desk.refused({ identity: 'x509_hash', transactions: [{ ...transaction }] }),
  );

  describe('a request_uri', () => {
    const elsewhere = { status: 302, headers: { location: '/elsewhere' } };
    const routes: readonly (readonly [string, (origin: string) => Reply])[] = [
      ['sends the wallet on to another path', () => elsewhere],
      [
        'sends the wallet on to another host',
        (origin) => ({ status: 307, headers: { location: `${origin}/elsewhere` } }),
      ],
      ['answers with an error', () => ({ status: 500, body: 'closed' })],
      ['answers with words', () => ({ headers: { 'content-type': 'text/plain' }, body: 'Come in.' })],
    ];
    test.each(routes)('that %s leads no further', async (_, reply) => {
      const terms = { identity: 'x509_hash' } as const;
      await using shop = await desk.open(terms, {
        routes: (server) => ({ [REQUEST_PATH]: reply(server.origin('other.example')) }),
      });
      await desk.expectRefused(shop);
    });
  });

  test.each(['javascript:alert(1)', 'http://shop.example/done', 'data:text/html,done', 'openid4vp://?x=1'])(
    'that sends whoever answered on to %s gets no button for it',
    async (back) => {
      await using shop = await desk.open({ identity: 'x509_hash' }, { back });
      const consent = await desk.followInWindow(shop);
      await named(consent, text('allow_once'), 'button');
      await approve(consent);
      await untilSays(consent, text('delivery_arrived'));
      expect(shop.accepted).toHaveLength(1);
      expect(await findNamed(consent, text('delivery_back', 'shop.example'), 'button')).toBeNull();
      expect(await consent.evaluate(() => document.body.innerText)).not.toContain(back);
    },
  );
}
