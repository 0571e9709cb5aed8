import { readOffer, signOffer, signRevocation, signingKeyOf } from '../../lib/capabilities/index.ts';
import type { AuthorityGrant, PublicPaserk, SigningKey } from '../../lib/capabilities/index.ts';
import { SecretBytes, parseOrigin, randomBytes } from '../../lib/core/index.ts';
import type { Received, TestServer } from './setup/harness.ts';
import { serve } from './setup/harness.ts';

const KEYS = '/.well-known/signet-authority.json';

/** An authority in a few lines: it offers what it is told to, and publishes its keys. */
export interface TinyBank extends AsyncDisposable {
  readonly origin: string;
  readonly keys: readonly PublicPaserk[];
  /** Offers to the person with this key for the bank. @returns the offer as it is handed over */
  offer(person: string, grants?: readonly AuthorityGrant[], signer?: SigningKey): Promise<string>;
  /** Takes an offer back. */
  revoke(offer: string, signer?: SigningKey): Promise<string>;
  /** What it publishes from now on. */
  publish(json: unknown): void;
  /** How often it was asked for its keys, and with what. */
  readonly asked: readonly Received[];
}

/** Up to 200 USD for purchases, anywhere. */
export const STANDING_LIMIT: AuthorityGrant = {
  permissions: ['purchase'],
  max_amount: 20_000,
  unit: 'minor',
  currency: 'USD',
};

export const newSigner = (): SigningKey => signingKeyOf(SecretBytes.take(randomBytes(32)));

const A_MONTH = 30 * 86_400;

export async function startTinyBank(): Promise<TinyBank> {
  const server: TestServer = await serve({ '/': '<!doctype html><title>bank</title>' }, { tls: true });
  const origin = server.origin('bank.example');
  const key = newSigner();
  const publish = (json: unknown) =>
    server.route(KEYS, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) });
  publish({ keys: [key.publicKey] });
  return {
    origin,
    keys: [key.publicKey],
    offer: (person, grants = [STANDING_LIMIT], signer = key) =>
      signOffer(
        // The wallet's own word for its key.
        { authority: parseOrigin(origin, 'bank'), person: person as PublicPaserk, grants, lifetime: A_MONTH },
        signer,
        [],
        Date.now() - 1000,
      ),
    revoke: (offer, signer = key) => signRevocation(readOffer(offer), signer, Date.now()),
    publish,
    get asked() {
      return server.received.filter(({ path }) => path === KEYS);
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}
