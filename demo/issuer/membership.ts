import { SecretBytes, randomBytes, toBase64url } from '../../lib/core/index.ts';
import type { BbsKeyPair, BbsPublicJwk, BbsSuiteName } from '../../lib/credentials/bbs/index.ts';
import { algorithmOf, issueBbsCredential, loadSuite } from '../../lib/credentials/bbs/index.ts';
import type { Person } from './people.ts';

/** Weeks that a card is good for, after the one it is issued in. */
const WEEKS = 12;

/** The two kinds of card, as offers and metadata call them: by today's suite, and by what came before it. */
export const CARDS: Readonly<Record<string, { readonly suite: BbsSuiteName; readonly format: string }>> = {
  membership: { suite: 'bbs', format: 'signet-bbs' },
  'membership-2020': { suite: 'bbs+', format: 'signet-bbs-2020' },
};

const suiteOfCard = (id: string): BbsSuiteName => CARDS[id]?.suite ?? 'bbs';

/** The type of a membership card of this issuer. */
export const membershipType = (issuer: string): string => `${issuer}/membership`;

/** Its claims, in the order of their messages, with the words that a wallet shows. */
const CLAIMS = [
  ['member', 'Member'],
  ['tier', 'Kind of membership'],
  ['since_year', 'Member since'],
] as const;

/** The credential configuration of a card: no key of the holder's, and no proof of one. */
export const membershipConfiguration = (issuer: string, id: string) => ({
  format: CARDS[id]?.format ?? '',
  type: membershipType(issuer),
  scope: id,
  credential_signing_alg_values_supported: [algorithmOf(suiteOfCard(id))],
  credential_metadata: {
    display: [{ name: 'Harbour Club card', locale: 'en', description: 'Members of the Harbour Club' }],
    claims: CLAIMS.map(([name, label]) => ({ path: [name], display: [{ name: label, locale: 'en' }] })),
  },
});

/**
 * Signs membership cards. Its libraries are large: a kind's is loaded, and its key made, when the first such card is
 * offered, so that who is here for a licence waits for neither.
 */
export class CardPress {
  readonly #keys = new Map<BbsSuiteName, Promise<BbsKeyPair>>();

  #keyPair(suite: BbsSuiteName): Promise<BbsKeyPair> {
    const made = this.#keys.get(suite) ?? makeKeyPair(suite);
    this.#keys.set(suite, made);
    return made;
  }

  /** Makes ready to sign cards of a kind: from here on its key is published. */
  async prepare(id: string): Promise<void> {
    await this.#keyPair(suiteOfCard(id));
  }

  /** The public keys of the kinds that were ever offered, as the issuer publishes them. */
  jwks(): Promise<readonly BbsPublicJwk[]> {
    return Promise.all(
      [...this.#keys].map(async ([suite, made]) => ({
        kty: 'OKP' as const,
        crv: 'BLS12381G2' as const,
        x: toBase64url((await made).publicKey),
        alg: algorithmOf(suite),
        kid: `card-${suite}`,
      })),
    );
  }

  /** A card for a person. @param now milliseconds since the epoch */
  async issue(id: string, { issuer, person, now }: { issuer: string; person: Person; now: number }): Promise<string> {
    const suite = suiteOfCard(id);
    const { tier, since_year } = person.membership;
    const values = { member: true, tier, since_year };
    return issueBbsCredential({
      suite,
      keyPair: await this.#keyPair(suite),
      type: membershipType(issuer),
      issuer,
      claims: CLAIMS.map(([name]) => [name, values[name]] as const),
      now: Math.floor(now / 1000),
      weeks: WEEKS,
    });
  }
}

async function makeKeyPair(name: BbsSuiteName): Promise<BbsKeyPair> {
  const suite = await loadSuite(name);
  using seed = SecretBytes.take(randomBytes(32));
  return await suite.generateKeyPair(seed);
}
