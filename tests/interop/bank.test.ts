import { beforeEach, describe, expect, test } from 'vitest';
import { GRANT } from '../../demo/bank/counter.ts';
import { Limits } from '../../demo/bank/limits.ts';
import { startBank } from '../../demo/bank/server.ts';
import type { Running } from '../../demo/http.ts';
import { isOfferBy, isRevocationOf, momentOf, readOffer } from '../../lib/capabilities/index.ts';
import type { AuthorityOffer, PublicPaserk } from '../../lib/capabilities/index.ts';
import type { CapabilitySpec } from '../../lib/sdk/index.ts';
import { cookieOf, post } from '../fixtures/driving-licence.ts';
import { Shopper } from '../fixtures/shopper.ts';

const DAY = 86_400_000;

interface Held {
  readonly offer: string;
  readonly isTaken: boolean;
  readonly takenBackAt?: number;
}

describe('the bank of the demo', () => {
  let later = 0;
  const now = (): number => Date.now() + later;
  let bank: Running;
  let ada: Shopper;

  beforeEach(async () => {
    later = 0;
    ada = new Shopper();
    bank = await startBank({ now });
    return () => bank.close();
  });

  /** What the page is told. */
  async function look(cookie = ''): Promise<{ readonly spec: CapabilitySpec; readonly held?: Held }> {
    const response = await fetch(`${bank.origin}/limit`, { headers: { Cookie: cookie } });
    return (await response.json()) as { readonly spec: CapabilitySpec; readonly held?: Held }; // our own bank
  }

  const tokenOf = async (changes: Partial<CapabilitySpec> = {}, at = now(), who = ada): Promise<string> =>
    who.allow({ ...(await look()).spec, ...changes }, at);

  const enrol = (token: unknown, cookie = ''): Promise<Response> =>
    post(`${bank.origin}/enrol`, { token }, { Cookie: cookie });

  async function granted(who = ada): Promise<{ readonly cookie: string; readonly offer: AuthorityOffer }> {
    const response = await enrol(await tokenOf({}, now(), who));
    const { held } = (await response.json()) as { readonly held: Held }; // our own bank
    return { cookie: cookieOf(response), offer: readOffer(held.offer) };
  }

  async function published(): Promise<{ readonly authority: string; readonly keys: readonly PublicPaserk[] }> {
    const response = await fetch(`${bank.origin}/.well-known/signet-authority.json`);
    const { keys } = (await response.json()) as { readonly keys: readonly PublicPaserk[] }; // our own bank
    return { authority: bank.origin, keys };
  }

  const asked = async (jti: string): Promise<unknown> => {
    const response = await fetch(`${bank.origin}/revoked/${jti}`);
    return response.ok ? await response.json() : response.status;
  };

  test('asks the wallet for a token that takes no money, once', async () => {
    const { spec, held } = await look();
    expect(spec).toEqual({
      kind: 'enrol',
      domain: bank.origin,
      purpose: 'Tell the bank which key is yours',
      one_time: true,
    });
    expect(held).toBeUndefined();
  });

  test('signs an offer to the key that was shown: purchases up to 200 USD each, for 30 days', async () => {
    const { offer } = await granted();
    expect(offer.claims).toMatchObject({
      iss: bank.origin,
      sub: ada.keyFor(bank.origin).publicKey,
      grants: [{ permissions: ['purchase'], max_amount: 20_000, unit: 'minor', currency: 'USD' }],
      co: [],
    });
    expect(momentOf(offer.claims.exp) - momentOf(offer.claims.nbf)).toBe(GRANT.days * DAY);
    expect(await isOfferBy(offer, await published())).toBe(true);
  });

  test('publishes its keys for wallets, which ask from elsewhere', async () => {
    const response = await fetch(`${bank.origin}/.well-known/signet-authority.json`);
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(Object.keys((await response.json()) as object)).toEqual(['keys']);
  });

  test('knows its customer again, and what their wallet said', async () => {
    const { cookie, offer } = await granted();
    expect((await look(cookie)).held).toMatchObject({ offer: offer.token.encoded, isTaken: false });
    await post(`${bank.origin}/answered`, { taken: true }, { Cookie: cookie });
    expect((await look(cookie)).held).toMatchObject({ isTaken: true });
    expect((await look('customer=guess')).held).toBeUndefined();
  });

  test('takes a limit back for good: says so to everybody who asks, and signs it for the wallet', async () => {
    const { cookie, offer } = await granted();
    expect(await asked(offer.claims.jti)).toEqual({ revoked: false });
    const response = await post(`${bank.origin}/take-back`, {}, { Cookie: cookie });
    const { revocation } = (await response.json()) as { readonly revocation: string }; // our own bank
    expect(await isRevocationOf(revocation, offer, await published())).toBe(true);
    expect(await asked(offer.claims.jti)).toEqual({ revoked: true });
    await post(`${bank.origin}/answered`, { taken: true }, { Cookie: cookie });
    expect(await asked(offer.claims.jti)).toEqual({ revoked: true });
  });

  test('takes a limit back at once that a wallet did not want, and speaks of it no more', async () => {
    const { cookie, offer } = await granted();
    await post(`${bank.origin}/answered`, { taken: false }, { Cookie: cookie });
    expect(await asked(offer.claims.jti)).toEqual({ revoked: true });
    expect((await look(cookie)).held).toBeUndefined();
  });

  test('grants a new limit after the old one, under another name, and leaves the old one taken back', async () => {
    const first = await granted();
    await post(`${bank.origin}/take-back`, {}, { Cookie: first.cookie });
    const again = await enrol(await tokenOf(), first.cookie);
    expect(cookieOf(again)).toBe(first.cookie);
    const { held } = (await again.json()) as { readonly held: Held }; // our own bank
    expect(readOffer(held.offer).claims.jti).not.toBe(first.offer.claims.jti);
    expect(await asked(readOffer(held.offer).claims.jti)).toEqual({ revoked: false });
    expect(await asked(first.offer.claims.jti)).toEqual({ revoked: true });
  });

  describe('grants nothing for', () => {
    test('a token that was shown before', async () => {
      const token = await tokenOf();
      expect((await enrol(token)).status).toBe(200);
      expect((await enrol(token)).status).toBe(403);
    });

    test('a token shown to somebody else', async () => {
      expect((await enrol(await tokenOf({ domain: 'https://elsewhere.example' }))).status).toBe(403);
    });

    test('a token for something else', async () => {
      expect((await enrol(await tokenOf({ kind: 'purchase' }))).status).toBe(403);
    });

    test('a token that names a key which did not sign it', async () => {
      const [mine, theirs] = [await tokenOf(), await tokenOf({}, now(), new Shopper())];
      const message = Buffer.from(mine.split('.')[2] ?? '', 'base64url').subarray(0, -64);
      const signature = Buffer.from(theirs.split('.')[2] ?? '', 'base64url').subarray(-64);
      const [, , , footer = ''] = mine.split('.');
      const swapped = `v4.public.${Buffer.concat([message, signature]).toString('base64url')}.${footer}`;
      expect((await enrol(swapped)).status).toBe(403);
    });

    test('a token whose minute is over', async () => {
      expect((await enrol(await tokenOf({}, now() - 91_000))).status).toBe(403);
    });

    test.each([
      ['nothing', undefined],
      ['a number', 7],
      ['words', 'k4.public.none'],
      ['much', 'v'.repeat(200_000)],
    ])('%s', async (_, token) => {
      expect((await enrol(token)).status).toBe(400);
    });
  });

  describe('does not', () => {
    test('take back for one customer what another was granted', async () => {
      const { offer } = await granted();
      const other = await granted(new Shopper());
      expect((await post(`${bank.origin}/take-back`, {})).status).toBe(404);
      await post(`${bank.origin}/take-back`, {}, { Cookie: other.cookie });
      expect(await asked(offer.claims.jti)).toEqual({ revoked: false });
    });

    test('take a form that another site submits for a word of its customer', async () => {
      const { cookie, offer } = await granted();
      for (const path of ['take-back', 'answered', 'enrol']) {
        const form = { method: 'POST', headers: { Cookie: cookie }, body: '{}' };
        expect((await fetch(`${bank.origin}/${path}`, form)).status).toBe(415);
      }
      expect(await asked(offer.claims.jti)).toEqual({ revoked: false });
    });

    test.each(['AAAAAAAAAAAAAAAAAAAAAA', '__proto__', 'constructor', '', '%00', 'a/b'])(
      'speak of a limit that it never granted: %s',
      async (jti) => {
        await granted();
        expect(await asked(jti)).toBe(404);
      },
    );

    test('remember more limits than it has room for, nor forget one that lasts to make some', async () => {
      const { offer } = await granted();
      const numbered = (number: number): AuthorityOffer => ({
        ...offer,
        claims: { ...offer.claims, jti: String(number) },
      });
      const limits = new Limits(now);
      for (let number = 0; number < 10_000; number += 1) limits.grant(numbered(number), 'one customer');
      expect(() => limits.grant(numbered(10_000))).toThrow('The bank is full. Nothing was granted.');
      expect(limits.byId('0')).toBeDefined();
      later = 31 * DAY;
      limits.grant(numbered(10_001));
      expect(limits.byId('0')).toBeUndefined();
    });

    test('remember a limit for longer than it lasts', async () => {
      const { offer } = await granted();
      later = 31 * DAY;
      await granted(new Shopper());
      expect(await asked(offer.claims.jti)).toBe(404);
    });
  });
});
