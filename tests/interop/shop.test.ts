import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunningIssuer } from '../../demo/issuer/server.ts';
import { startIssuer } from '../../demo/issuer/server.ts';
import type { RunningShop } from '../../demo/shop/server.ts';
import { startShop } from '../../demo/shop/server.ts';
import type { PageRequest } from '../../lib/sdk/index.ts';
import { createHolderKey } from '../../lib/credentials/index.ts';
import { answerKeyIn, encrypt, unsignedParams } from '../fixtures/credentials/any-wallet.ts';
import type { Licence, Showing } from '../fixtures/driving-licence.ts';
import { cookieOf, licenceOf, post, present as show } from '../fixtures/driving-licence.ts';
import { findIn } from '../fixtures/find-in.ts';

const MINUTE = 60_000;

/** What a licence of Ada Lumen's says beside the one thing a shop may hear. */
const SECRETS = [
  'Ada',
  'Lumen',
  '1990-05-17',
  'Harbour',
  '10117',
  'vehicle',
  'birthdate',
  'given_name',
  'age_over_18',
  'age_over_65',
];

interface Visit {
  readonly cookie: string;
  readonly request: { readonly nonce: string; readonly [member: string]: unknown };
}

describe('the shop of the demo', () => {
  let minutesLater = 0;
  const now = (): number => Date.now() + minutesLater * MINUTE;
  let issuer: RunningIssuer;
  let stranger: RunningIssuer;
  let shop: RunningShop;

  beforeAll(async () => {
    [issuer, stranger] = await Promise.all([startIssuer(), startIssuer()]);
  });
  afterAll(() => Promise.all([issuer.close(), stranger.close()]));

  beforeEach(async () => {
    minutesLater = 0;
    shop = await startShop({ issuers: [{ issuer: issuer.origin, type: issuer.licenceType }], host: '127.0.0.1', now });
    return () => shop.close();
  });

  async function arrive(way = 'claims'): Promise<Visit> {
    const response = await post(`${shop.origin}/arrive`, { way });
    return { cookie: cookieOf(response), request: (await response.json()) as Visit['request'] }; // our own shop
  }

  const enter = (visit: Visit, answer: object): Promise<Response> =>
    post(`${shop.origin}/enter`, answer, { Cookie: visit.cookie });

  const present = (licence: Licence, visit: Visit, showing: Partial<Showing> = {}): string =>
    show(licence, { audience: shop.origin, nonce: visit.request.nonce, at: now(), ...showing });

  test('asks for one claim, of one type, from one issuer, with a nonce of its own', async () => {
    const [{ request }, { request: again }] = await Promise.all([arrive(), arrive()]);
    expect(request).toEqual({
      claims: ['age_over_21'],
      types: [issuer.licenceType],
      issuers: [issuer.origin],
      nonce: request.nonce,
      purpose: 'Buy wine',
    });
    expect(Buffer.from(request.nonce, 'base64url').length).toBeGreaterThanOrEqual(16);
    expect(again.nonce).not.toBe(request.nonce);
  });

  test('lets in who is over 21, and learned that alone', async () => {
    const licence = await licenceOf('ada', issuer);
    const visit = await arrive();
    const entered = await enter(visit, { proof: present(licence, visit) });
    expect(await entered.json()).toEqual({ welcome: true });
    const [result] = shop.checked;
    expect(result).toMatchObject({ valid: true, claims: { age_over_21: true }, scope: ['age_over_21'] });

    const guest = cookieOf(entered);
    const shelf = await fetch(`${shop.origin}/shelf`, { headers: { Cookie: guest } });
    expect(shelf.status).toBe(200);
    expect(findIn(shop.received(), ['age_over_21'])).toEqual(['age_over_21']);
    expect(findIn(shop.received(), SECRETS)).toEqual([]);
  });

  test('lets in who answers its DCQL query, and learned no more', async () => {
    const licence = await licenceOf('ada', issuer);
    const visit = await arrive('dcql');
    expect(visit.request).toMatchObject({ dcql_query: { credentials: [{ id: 'licence', format: 'dc+sd-jwt' }] } });
    const entered = await enter(visit, { vp_token: { licence: [present(licence, visit)] } });
    expect(await entered.json()).toEqual({ welcome: true });
    expect(findIn(shop.received(), SECRETS)).toEqual([]);
  });

  test('lets in who answers what it asks of any wallet, once, and learned no more', async () => {
    const licence = await licenceOf('ada', issuer);
    const response = await post(`${shop.origin}/arrive`, { way: 'any' });
    const request = (await response.json()) as PageRequest; // our own shop
    expect(request.signet).toMatchObject({ purpose: 'Buy wine' });
    const params = unsignedParams(request);
    const { nonce } = params as { readonly nonce: string }; // of our own shop
    const proof = show(licence, { audience: shop.origin, nonce, at: now() });
    const data = { response: await encrypt({ vp_token: { proof: [proof] } }, answerKeyIn(params)) };
    const visit: Visit = { cookie: cookieOf(response), request: { nonce } };
    const answer = { answer: { protocol: 'openid4vp-v1-unsigned', data } };
    expect(await (await enter(visit, answer)).json()).toEqual({ welcome: true });
    expect(shop.checked[0]).toMatchObject({ valid: true, claims: { age_over_21: true }, scope: ['age_over_21'] });
    expect(await (await enter(visit, answer)).json()).toMatchObject({ welcome: false, reason: 'wrong_nonce' });
    expect(findIn(shop.received(), [...SECRETS, proof])).toEqual([]);
  });

  test('would find in its bytes what a careless wallet sends', async () => {
    const licence = await licenceOf('ada', issuer);
    const visit = await arrive();
    const entered = await enter(visit, { proof: present(licence, visit, { claims: ['age_over_21', 'birthdate'] }) });
    expect(await entered.json()).toMatchObject({ welcome: false, reason: 'over_disclosed' });
    expect(findIn(shop.received(), SECRETS)).toEqual(['1990-05-17', 'birthdate']);
  });

  describe('turns away', () => {
    type Attempt = (licence: Licence) => Promise<[Visit, object]>;

    const attempts: [string, string, Attempt][] = [
      [
        'a proof made for another site',
        'wrong_audience',
        async (licence) => {
          const visit = await arrive();
          return [visit, { proof: present(licence, visit, { audience: 'https://elsewhere.example' }) }];
        },
      ],
      [
        'a proof made for another visit',
        'wrong_nonce',
        async (licence) => {
          const [visit, other] = await Promise.all([arrive(), arrive()]);
          return [visit, { proof: present(licence, other) }];
        },
      ],
      [
        'a proof signed with a stranger’s key',
        'no_holder_proof',
        async (licence) => {
          const visit = await arrive();
          return [visit, { proof: present(licence, visit, { key: createHolderKey() }) }];
        },
      ],
      [
        'a proof of another claim',
        'wrong_claim',
        async (licence) => {
          const visit = await arrive();
          return [visit, { proof: present(licence, visit, { claims: ['age_over_18'] }) }];
        },
      ],
      [
        'a visitor without a cookie',
        'wrong_nonce',
        async (licence) => {
          const visit = await arrive();
          return [{ ...visit, cookie: '' }, { proof: present(licence, visit) }];
        },
      ],
      [
        'an answer after five minutes',
        'wrong_nonce',
        async (licence) => {
          const visit = await arrive();
          minutesLater += 6;
          return [visit, { proof: present(licence, visit) }];
        },
      ],
      [
        'two presentations in one',
        'malformed',
        async (licence) => {
          const visit = await arrive('dcql');
          const proof = present(licence, visit);
          return [visit, { vp_token: { licence: [proof, proof] } }];
        },
      ],
      ['an empty answer', 'malformed', async () => [await arrive(), {}]],
    ];

    test.each(attempts)('%s (%s)', async (_, reason, attempt) => {
      const entered = await enter(...(await attempt(await licenceOf('ada', issuer))));
      expect(entered.status).toBe(403);
      expect(await entered.json()).toMatchObject({ welcome: false, reason });
    });

    test('who is not 21 yet', async () => {
      const licence = await licenceOf('noa', issuer);
      const visit = await arrive();
      expect(await (await enter(visit, { proof: present(licence, visit) })).json()).toMatchObject({
        reason: 'wrong_claim',
      });
    });

    test('a licence of a state it does not know', async () => {
      const licence = await licenceOf('ada', stranger);
      const visit = await arrive();
      expect(await (await enter(visit, { proof: present(licence, visit) })).json()).toMatchObject({
        reason: 'untrusted_issuer',
      });
    });

    test('a proof that was used already', async () => {
      const licence = await licenceOf('ada', issuer);
      const visit = await arrive();
      const proof = present(licence, visit);
      await enter(visit, { proof });
      expect(await (await enter(visit, { proof })).json()).toMatchObject({ welcome: false, reason: 'wrong_nonce' });
    });

    test('a licence that expired', async () => {
      const licence = await licenceOf('ada', issuer);
      minutesLater = 366 * 24 * 60;
      const visit = await arrive();
      expect(await (await enter(visit, { proof: present(licence, visit) })).json()).toMatchObject({
        reason: 'expired',
      });
    });

    test('whoever reaches for the shelf from outside', async () => {
      expect((await fetch(`${shop.origin}/shelf`)).status).toBe(403);
      expect((await fetch(`${shop.origin}/shelf`, { headers: { Cookie: 'guest=guess' } })).status).toBe(403);
    });

    test('a form that another site submits', async () => {
      const { cookie } = await arrive();
      const response = await fetch(`${shop.origin}/enter`, { method: 'POST', headers: { Cookie: cookie }, body: '{}' });
      expect(response.status).toBe(415);
    });
  });
});
