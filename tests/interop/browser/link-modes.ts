import type { Page } from 'puppeteer';
import { describe, expect, test } from 'vitest';
import { approve, clickNamed, clickWhenArmed, named, serve, text, untilSays } from '../../e2e/setup/harness.ts';
import { webOf } from './dc-api-desk.ts';
import type { Identity, LinkTerms } from './foreign-verifier.ts';
import { only } from './foreign-verifier.ts';
import type { LinkDesk, LinkShop } from './link-desk.ts';
import { PAYMENT, WORDS } from './transactions.ts';

/** Each way to fetch and to answer, and each client, at least once. */
const WAYS: readonly LinkTerms[] = [
  { identity: 'x509_hash', method: 'get' },
  { identity: 'x509_san_dns', method: 'get', enc: 'A128GCM' },
  { identity: 'x509_hash', method: 'post', enc: 'A256GCM' },
  { identity: 'x509_san_dns', method: 'post' },
  { identity: 'did:jwk', method: 'post', enc: 'A128GCM' },
  { identity: 'did:web', method: 'get', enc: 'A256GCM' },
  { identity: 'verifier_attestation', method: 'get' },
  { identity: 'nobody' },
];

/** Takes a verifier that is not Signet's by its links through the wallet's own screens, in every mode. */
export function describeLinkModes(desk: LinkDesk): void {
  /** The person allows it, and the verifier accepts what it got. */
  async function expectAccepted(shop: LinkShop, consent: Page): Promise<void> {
    await named(consent, text('allow_once'), 'button');
    await approve(consent);
    await expect.poll(() => [shop.accepted.length, shop.refusals]).toEqual([1, []]);
  }

  describe('is answered', () => {
    test.each(WAYS)('as $identity, asked by $method, encrypted by $enc', async (terms) => {
      await using shop = await desk.open(terms);
      const consent = await desk.followInWindow(shop);
      await expectAccepted(shop, consent);
      const [accepted] = shop.accepted;
      expect(accepted && only(accepted).disclosed).toEqual({ age_over_21: true });
    });

    test('as a did:web of another host, once the person lets that be asked', async () => {
      await using host = await serve({}, { tls: true });
      const web = webOf(host, 'verifier.example');
      await using shop = await desk.open({ identity: 'did:web' }, { stand: { web } });
      const consent = await desk.followInWindow(shop);
      await named(consent, text('look_up_continue'), 'button');
      expect(host.received).toEqual([]);
      await clickWhenArmed(consent, text('look_up_continue'));
      await expectAccepted(shop, consent);
      expect(host.received.map(({ path }) => path)).toEqual(['/.well-known/did.json']);
    });

    test('with what was agreed to, and what it says about itself as its own words', async () => {
      const identity: Identity = 'x509_hash';
      const verifierInfo = [{ format: 'org.example.charter', data: 'Guild of Wine Merchants' }];
      await using shop = await desk.open({ identity, transactions: [PAYMENT, WORDS], verifierInfo });
      const consent = await desk.followInWindow(shop);
      await untilSays(consent, 'Corner Shop');
      await untilSays(consent, WORDS.text);
      await clickNamed(consent, text('verifier_info'));
      await untilSays(consent, text('verifier_info_unchecked'));
      await expectAccepted(shop, consent);
      expect(shop.accepted[0]?.agreed).toHaveLength(2);
    });
  });
}
