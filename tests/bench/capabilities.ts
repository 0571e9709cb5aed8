import type { ReplayStore } from '../../lib/capabilities/index.ts';
import {
  acceptOffer,
  capabilityHash,
  joinStanding,
  makeHolderProof,
  narrowToken,
  readChain,
  readOffer,
  seedSigner,
  signOffer,
  signingKeyJwk,
} from '../../lib/capabilities/index.ts';
import { parseOrigin, toBase64url, utf8 } from '../../lib/core/index.ts';
import type { AuthorityContext, ConsumptionLedger } from '../../lib/sdk/index.ts';
import { checkAuthority } from '../../lib/sdk/index.ts';
import { AGENT, NOW, SHOP, WALLET, issue, keyNumber } from '../fixtures/capabilities.ts';
import { timeBatches } from './batches.ts';
import { type Row, type Suite, toRow } from './row.ts';

const BATCHES = { batches: 60, calls: 100 } as const;
/** What a decision may cost a merchant, in microseconds; and what a token without a policy may weigh. */
const MOST_TO_CHECK = 1000;
const MOST_BYTES = 1024;

const NONCE = toBase64url(new Uint8Array(16).fill(6));
const CALL = { method: 'POST', url: 'https://shop.example/pay', body: utf8('{"cart":7}') } as const;

/** Each call asks about the same token and proof: what is measured is the deciding, so the stores always say that all is new. */
const replay: ReplayStore = { remember: () => Promise.resolve('new') };
const ledger: ConsumptionLedger = { consume: () => Promise.resolve('ok') };

/** What a merchant pays to decide about a capability: signatures and proof by WebCrypto, bounds, and the question to its stores. */
export const capabilities: Suite = {
  name: 'capabilities',
  async run() {
    const token = await issue();
    const helper = keyNumber(3);
    const chain = await narrowToken(token, { holder: signingKeyJwk(helper), lifetime: 300 }, AGENT, NOW);
    return [
      toRow({ ...named('a token, without policy'), unit: 'bytes', samples: [token.length], target: MOST_BYTES }),
      await checking('checkAuthority, a pinned wallet, proof by Ed25519', token, { target: MOST_TO_CHECK }),
      await checking('checkAuthority, under an authority', token, { target: undefined, ...(await underBank()) }),
      await checking('checkAuthority, narrowed once', chain, { target: undefined, holder: helper }),
      toRow({ ...named('sign a token'), unit: 'us', samples: await timeBatches(BATCHES, () => issue()) }),
    ];
  },
};

const named = (name: string) => ({ suite: 'capabilities', name });

interface Case extends Partial<AuthorityContext> {
  readonly target: number | undefined;
  readonly holder?: typeof AGENT;
}

async function checking(name: string, token: string, { target, holder = AGENT, ...rest }: Case): Promise<Row> {
  const use = { ...CALL, action: 'purchase', amount: 1000, currency: 'USD' };
  const answers = { tokenHash: capabilityHash(readChain(token).leaf), nonce: NONCE };
  const proof = { ...CALL, proof: await makeHolderProof(use, answers, seedSigner(holder), NOW), nonce: NONCE, replay };
  const context: AuthorityContext = {
    ...{ action: 'purchase', amount: '10.00', currency: 'USD', audience: SHOP, now: new Date(NOW) },
    ...{ issuers: [{ key: WALLET.publicKey }], ledger, proof, ...rest },
  };
  const samples = await timeBatches(BATCHES, async () => {
    const { allowed, reasons } = await checkAuthority(token, context);
    if (!allowed) throw new Error(`${name} was refused: ${reasons.map(({ detail }) => detail).join(' ')}`);
  });
  return toRow({ ...named(name), unit: 'us', samples, ...(target === undefined ? {} : { target }) });
}

async function underBank(): Promise<Pick<AuthorityContext, 'issuers' | 'standing'>> {
  const [bank, person] = [keyNumber(30), keyNumber(31)];
  const authority = parseOrigin('https://bank.example', 'authority');
  const grants = [{ permissions: ['purchase'], max_amount: 20_000, unit: 'minor', currency: 'USD' }] as const;
  const offer = await signOffer({ authority, person: person.publicKey, grants, lifetime: 3600 }, bank, [], NOW);
  const accepted = await acceptOffer(readOffer(offer), person, { audience: SHOP, acting: signingKeyJwk(WALLET) }, NOW);
  return { issuers: [{ authority, keys: [bank.publicKey] }], standing: joinStanding(offer, accepted) };
}
