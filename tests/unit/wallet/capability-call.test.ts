import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { issueCapability, readCapability } from '../../../lib/capabilities/index.ts';
import type { Json } from '../../../lib/core/index.ts';
import { SignetError } from '../../../lib/core/index.ts';
import { readCapabilitySpec } from '../../../lib/provider/request-schema.ts';
import type { CapabilityCall } from '../../../lib/wallet/spending/capability-call.ts';
import { readCapabilityCall, termsView } from '../../../lib/wallet/spending/capability-call.ts';
import { draftOf } from '../../../lib/wallet/spending/capability-plan.ts';
import { NOW, SHOP, WALLET } from '../../fixtures/capabilities.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 200);

const KEY = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
const amount = fc.oneof(
  fc.integer({ min: -1, max: 1e6 }),
  fc.stringMatching(/^\d{1,5}(?:\.\d{1,4})?$/),
  fc.constantFrom('999999999999999.99', '0', '1e3', ' 1', '01.00'),
);
const key = fc.oneof(
  { weight: 5, arbitrary: fc.constant(KEY) },
  fc.record({ kty: fc.constantFrom('OKP', 'EC'), crv: fc.constantFrom('Ed25519', 'P-256'), x: fc.base64String() }),
);

const MONEY = { max_amount: 60, currency: 'USD' };
/** What makes sense together, of each kind of call. */
const sensible = fc.constantFrom<object[]>(
  {},
  MONEY,
  { ...MONEY, holder_jwk: KEY, receipt_jwk: KEY },
  { ...MONEY, holder_jwk: KEY, unit: '0.50' },
  { ...MONEY, release_of: 'AAAAAAAAAAAAAAAAAAAAAA' },
);

const strange = fc.record(
  {
    kind: fc.oneof(fc.constantFrom('purchase', 'a:b.c-d_e'), fc.string({ maxLength: 70 })),
    domain: fc.constantFrom<string[]>(SHOP, 'shop.example', 'https://other.example'),
    purpose: fc.string({ unit: 'binary', minLength: 1, maxLength: 150 }),
    max_amount: amount,
    currency: fc.constantFrom('USD', 'JPY', 'KWD', 'CLF', 'XTS', 'usd'),
    one_time: fc.boolean(),
    expires_in: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.nat(400 * 86_400)),
    holder_jwk: key,
    receipt_jwk: key,
    unit: amount,
    release_of: fc.constant('AAAAAAAAAAAAAAAAAAAAAA'),
  },
  { requiredKeys: [] },
);

/** A call that makes sense, but for some of its members. */
const specs = fc
  .tuple(
    sensible,
    strange.chain((members) => fc.subarray(Object.entries(members), { maxLength: 3 })),
  )
  .map(([call, changed]) => ({
    ...{ kind: 'purchase', domain: SHOP, purpose: 'Wine' },
    ...call,
    ...Object.fromEntries(changed),
  }));

/** As the hub and the wallet read a call: the error where they refuse it. */
function read(spec: Json): CapabilityCall | SignetError {
  try {
    return readCapabilityCall(SHOP, readCapabilitySpec(spec));
  } catch (thrown) {
    if (thrown instanceof SignetError) return thrown;
    throw thrown;
  }
}

const isRefusal = (outcome: CapabilityCall | SignetError): outcome is SignetError => outcome instanceof SignetError;

describe('whatever a page asks', () => {
  test('is refused naming a field, or can be signed as it is shown', async () => {
    const seen = { refused: 0, signed: 0, released: 0 };
    await fc.assert(
      fc.asyncProperty(specs, async (spec) => {
        const call = read(spec);
        if (isRefusal(call)) {
          seen.refused += 1;
          expect(call.code).toBe(-32602);
          expect(call.field).toMatch(/^[a-z_]+(?:\.[a-z]+)?$/);
          return;
        }
        const { lifetime, bearer, oneTime, amount: shown } = termsView(call);
        if (call.asks === 'release') {
          seen.released += 1;
          return;
        }
        seen.signed += 1;
        const commitment = call.steps === undefined ? undefined : KEY.x;
        const { claims } = readCapability(await issueCapability(draftOf(call, SHOP, commitment), WALLET, NOW));
        expect(Date.parse(claims.exp) - Date.parse(claims.iat)).toBe(lifetime * 1000);
        expect(claims.cnf === undefined).toBe(bearer);
        expect(claims.spl.one_time).toBe(oneTime);
        expect(claims.spl.max_amount === undefined).toBe(shown === undefined);
        expect(claims.aud).toBe(SHOP);
        if (bearer) expect([oneTime, lifetime <= 60]).toEqual([true, true]);
      }),
      { numRuns },
    );
    if (numRuns >= 200) expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
  });

  test('is never for more than it says: what it takes in major units is what is signed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), fc.constantFrom('USD', 'JPY', 'KWD'), (minor, currency) => {
        const decimals = { USD: 2, JPY: 0, KWD: 3 }[currency];
        const digits = String(minor).padStart(decimals + 1, '0');
        const text = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
        const call = read({ kind: 'a', domain: SHOP, purpose: 'b', max_amount: text, currency });
        expect(isRefusal(call) ? call : call.money).toEqual({ amount: minor, currency });
        expect(isRefusal(call) ? '' : termsView(call).amount).toBe(text);
      }),
      { numRuns },
    );
  });
});
