import { createHolderKey, presentCredential } from '../../lib/credentials/index.ts';
import { verify } from '../../lib/sdk/index.ts';
import { createForeignHolder, FOREIGN_ISSUER, FOREIGN_TYPE } from '../fixtures/foreign-holder.ts';
import { timeBatches } from './batches.ts';
import { percentile, type Suite, toRow } from './row.ts';

const AUDIENCE = 'https://shop.example';
const NONCE = 'MDEyMzQ1Njc4OWFiY2RlZg';
const BATCHES = { batches: 20, calls: 100 } as const;

/** What a presentation may cost the wallet, in microseconds. */
const MOST_TO_PRESENT = 10_000;

/** How much slower than the other library, which checks less, is still fine. */
const LEEWAY = 2;

/** What a wallet and a service pay for one proof, against `@sd-jwt/sd-jwt-vc` with WebCrypto beneath. */
export const sdk: Suite = {
  name: 'sdk',
  async run() {
    const { issuerKey, sdJwt, present } = await createForeignHolder();
    const presentation = await present({ origin: AUDIENCE, nonce: NONCE });
    const issuers = [{ issuer: FOREIGN_ISSUER, types: [FOREIGN_TYPE], jwks: { keys: [issuerKey] } }];

    const ours = async (): Promise<void> => {
      const result = await verify(presentation, 'age_over_21', AUDIENCE, { nonce: NONCE, issuers });
      if (!result.valid) throw new Error(`verify refused the proof: ${result.reason}: ${result.detail}`);
    };
    const theirs = () => sdJwt.verify(presentation, { keyBindingNonce: NONCE, requiredClaimKeys: ['age_over_21'] });

    const baseline = await timeBatches(BATCHES, theirs);
    const samples = await timeBatches(BATCHES, ours);
    const target = LEEWAY * percentile(baseline, 75);
    const [issuerJwt = '', ...disclosures] = presentation.split('~').slice(0, -1);
    const holderKey = createHolderKey();
    const parts = { issuerJwt, disclosures, holderKey, audience: `origin:${AUDIENCE}`, nonce: NONCE };
    const presented = await timeBatches(BATCHES, () => presentCredential({ ...parts, now: Date.now() }));
    const theirPresented = await timeBatches(BATCHES, () => present({ origin: AUDIENCE, nonce: NONCE }));
    holderKey.dispose();
    return [
      toRow({
        ...{ suite: 'sdk', name: 'present, against @sd-jwt/sd-jwt-vc', unit: 'us' },
        ...{ samples: presented, baseline: theirPresented, target: MOST_TO_PRESENT },
      }),
      toRow({ suite: 'sdk', name: 'verify, against @sd-jwt/sd-jwt-vc', unit: 'us', samples, baseline, target }),
    ];
  },
};
