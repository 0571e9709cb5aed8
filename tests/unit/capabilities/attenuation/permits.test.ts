import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DecidePolicy, IntendedUse, Judging, Narrowing, Permission } from '../../../../lib/capabilities/index.ts';
import {
  ClauseTree,
  formatOpened,
  narrowToken,
  parseOpened,
  readChain,
  refusalsOf,
  signingKeyJwk,
  verifyClauses,
} from '../../../../lib/capabilities/index.ts';
import { SignetError, parseOrigin } from '../../../../lib/core/index.ts';
import { AGENT, NOW, OTHER_SHOP, SHOP, issue, issueExactly, keyNumber } from '../../../fixtures/capabilities.ts';
import { anyPermission, anyRequest } from '../../../fixtures/capabilities/permissions.ts';
import { decideSmall } from '../../../fixtures/small-policy.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 60);

const USE: IntendedUse = { action: 'purchase', amount: 1000, currency: 'USD', audience: SHOP, now: NOW };

type Request = Pick<Permission, 'audience' | 'action' | 'amount' | 'currency'>;

const reasons = (
  chain: string,
  use: IntendedUse = USE,
  judging: Judging = { decide: decideSmall },
): readonly string[] => refusalsOf(readChain(chain), use, judging).map(({ reason }) => reason);

/** A use with members left out. */
const without = (...names: readonly (keyof IntendedUse)[]): IntendedUse =>
  Object.fromEntries(
    Object.entries(USE).filter(([name]) => !names.includes(name as keyof IntendedUse)),
  ) as unknown as IntendedUse; // as USE, less these

describe('a capability', () => {
  test('permits what it says', async () => {
    expect(reasons(await issue())).toEqual([]);
    expect(reasons(await issue(), { ...USE, amount: 15_000 })).toEqual([]);
  });

  test.each<[string, Partial<IntendedUse>, string]>([
    ['at another origin', { audience: OTHER_SHOP }, 'wrong_audience'],
    ['at another port of its origin', { audience: parseOrigin('https://shop.example:8443', 'o') }, 'wrong_audience'],
    ['for another action', { action: 'refund' }, 'wrong_action'],
    ['for an action of a prototype', { action: 'constructor' }, 'wrong_action'],
    ['for a cent more', { amount: 15_001 }, 'over_amount'],
    ['for a negative amount', { amount: -1 }, 'over_amount'],
    ['for no number', { amount: Number.NaN }, 'over_amount'],
    ['in another currency', { currency: 'EUR' }, 'wrong_currency'],
    ['for another purpose', { purpose: 'Groceries' }, 'wrong_purpose'],
    ['by another agent', { agent: 'somebody' }, 'wrong_agent'],
    ['too early', { now: NOW - 31_000 }, 'not_yet_valid'],
    ['too late', { now: NOW + 930_000 }, 'expired'],
  ])('permits nothing %s', async (_, changes, reason) => {
    expect(reasons(await issue(), { ...USE, ...changes })).toEqual([reason]);
  });

  test('of money permits nothing without an amount', async () => {
    expect(reasons(await issue(), without('amount', 'currency'))).toEqual(['missing_amount']);
  });

  test('without money permits no amount', async () => {
    const token = await issueFree();
    expect(reasons(token)).toEqual(['over_amount']);
    expect(reasons(token, { ...USE, amount: 0 })).toEqual(['over_amount']);
    expect(reasons(token, without('amount', 'currency'))).toEqual([]);
  });

  test('permits its agent by the name that the wallet gave, and by its key', async () => {
    const token = await issue({ agent: 'shopping' });
    expect(reasons(token, { ...USE, agent: 'shopping' })).toEqual([]);
    expect(reasons(token, { ...USE, agent: readChain(await issue()).leaf.claims.sub })).toEqual([]);
    expect(reasons(token, { ...USE, agent: 'other' })).toEqual(['wrong_agent']);
  });

  test('narrowed for somebody under an agent’s name is not that agent’s', async () => {
    const root = await issue({ agent: 'shopping' });
    const chain = await narrowToken(
      root,
      { agent: 'shopping', holder: signingKeyJwk(keyNumber(3)), lifetime: 60 },
      AGENT,
      NOW,
    );
    expect(reasons(chain, { ...USE, agent: 'shopping' })).toEqual(['wrong_agent']);
  });

  test('for one merchant is for no other, and for none that does not say who it is', async () => {
    const token = await issue({ terms: { merchant: 'Shop' } });
    expect(reasons(token, { ...USE, merchant: 'Shop' })).toEqual([]);
    expect(reasons(token, { ...USE, merchant: 'shop' })).toEqual(['wrong_merchant']);
    expect(reasons(token)).toEqual(['wrong_merchant']);
  });

  test('says everything that is wrong, each once', async () => {
    const use = { ...USE, audience: OTHER_SHOP, action: 'refund', currency: 'EUR', now: NOW + 1e9 };
    const child = await narrowToken(await issue(), { holder: signingKeyJwk(keyNumber(3)), lifetime: 60 }, AGENT, NOW);
    expect(reasons(child, use)).toEqual(['expired', 'wrong_audience', 'wrong_action', 'wrong_currency']);
  });
});

describe('a policy', () => {
  test('permits within it, and denies beyond', async () => {
    const token = await issue({ terms: { policy: 'amount<=500&action=purchase&proven' } });
    expect(reasons(token, { ...USE, amount: 500 })).toEqual([]);
    expect(reasons(token, { ...USE, amount: 501 })).toEqual(['policy_denied']);
  });

  test('about a purpose that the merchant does not state denies', async () => {
    const token = await issue({ terms: { policy: 'purpose=A gift for my niece' } });
    expect(reasons(token)).toEqual(['policy_denied']);
    expect(reasons(token, { ...USE, purpose: 'A gift for my niece' })).toEqual([]);
  });

  test('about an agent is about the key that is proven, whatever a child is called', async () => {
    const agent = readChain(await issue()).leaf.claims.sub;
    const root = await issue({ terms: { policy: `agent=${agent}` } });
    expect(reasons(root)).toEqual([]);
    const child = await narrowToken(root, { agent, holder: signingKeyJwk(keyNumber(3)), lifetime: 60 }, AGENT, NOW);
    expect(reasons(child)).toEqual(['policy_denied']);
  });

  test('that nothing here can read denies', async () => {
    expect(reasons(await issue({ terms: { policy: 'amount<=500' } }), USE, {})).toEqual(['policy_unsupported']);
  });

  test('that fails to answer denies', async () => {
    expect(reasons(await issue({ terms: { policy: 'gibberish' } }))).toEqual(['policy_denied']);
  });

  test.each<[string, unknown]>([
    ['a true that is a word', { allowed: 'yes' }],
    ['a one', { allowed: 1 }],
    ['nothing at all', {}],
    ['reasons that are no list', { allowed: false, reasons: 'no' }],
  ])('that answers %s denies', async (_, answer) => {
    const decide = (() => answer) as Judging['decide']; // what untyped callers pass
    expect(reasons(await issue({ terms: { policy: 'x' } }), USE, decide === undefined ? {} : { decide })).toEqual([
      'policy_denied',
    ]);
  });

  test('says in the refusal why it denies', async () => {
    const chain = readChain(await issue({ terms: { policy: 'amount<=500' } }));
    expect(refusalsOf(chain, USE, { decide: decideSmall })[0]?.detail).toContain('amount<=500 does not hold');
  });
});

describe('hidden clauses', () => {
  const hidden = () =>
    issueExactly({ unit: 'minor', one_time: true, purpose: 'Gifts', merkle_root: 'A'.repeat(43), leaves: 4 });
  const clause: Permission = { audience: SHOP, action: 'purchase', amount: 2000, currency: 'USD' };

  test('permit what an opened one says', async () => {
    expect(reasons(await hidden(), USE, { clause })).toEqual([]);
  });

  test.each<[string, Judging, string]>([
    ['unopened', {}, 'hidden_clauses'],
    ['opened for another origin', { clause: { ...clause, audience: OTHER_SHOP } }, 'wrong_audience'],
    ['opened for less', { clause: { ...clause, amount: 999 } }, 'over_amount'],
    ['opened for another action', { clause: { ...clause, action: 'read' } }, 'wrong_action'],
    ['opened for another currency', { clause: { ...clause, currency: 'EUR' } }, 'wrong_currency'],
    ['opened for no money', { clause: { audience: SHOP, action: 'purchase' } }, 'over_amount'],
    ['opened for another merchant', { clause: { ...clause, merchant: 'Shop' } }, 'wrong_merchant'],
    [
      'opened with a policy that denies',
      { clause: { ...clause, policy: 'amount<=1' }, decide: decideSmall },
      'policy_denied',
    ],
  ])('%s permit nothing', async (_, judging, reason) => {
    expect(reasons(await hidden(), USE, judging)).toEqual([reason]);
  });

  test.each<[string, object, string]>([
    ['another origin’s spelling', { audience: `${SHOP}/` }, 'wrong_audience'],
    ['a cent more', { amount: 2001 }, 'over_amount'],
    ['a negative amount', { amount: -1 }, 'over_amount'],
    ['half a cent', { amount: 0.5 }, 'over_amount'],
    ['no number', { amount: Number.NaN }, 'over_amount'],
    ['an amount as text', { amount: '1' }, 'over_amount'],
    ['an amount that is null', { amount: null }, 'over_amount'],
    ['no amount', { amount: undefined }, 'missing_amount'],
    ['no currency', { currency: undefined }, 'wrong_currency'],
  ])('permit nothing for %s', async (_, changes, reason) => {
    expect(reasons(await hidden(), { ...USE, ...changes }, { clause })).toEqual([reason]);
  });

  test('are bound by the purpose of the one that was opened, and by their own', async () => {
    const judging = { clause: { ...clause, purpose: 'Cake' } };
    expect(reasons(await hidden(), { ...USE, purpose: 'Gifts' }, judging)).toEqual(['wrong_purpose']);
    expect(reasons(await hidden(), { ...USE, purpose: 'Cake' }, judging)).toEqual(['wrong_purpose']);
    expect(reasons(await hidden(), USE, judging)).toEqual([]);
  });

  /** The whole policy, read from its clauses in the clear: whether any of them alone permits a request. */
  const anyPermits = (permissions: readonly Permission[], { audience, action, amount, currency }: Request): boolean =>
    permissions.some(
      (one) =>
        one.audience === audience &&
        one.action === action &&
        one.currency === currency &&
        (one.amount === undefined ? amount === undefined : amount !== undefined && amount <= one.amount) &&
        one.policy !== '#f',
    );

  test('allow nothing, whichever are disclosed, that all of them together deny', async () => {
    let [permitted, denied] = [0, 0];
    const decide: DecidePolicy = (policy) => (policy === '#f' ? { allowed: false, reasons: [] } : { allowed: true });
    const shown = fc.array(fc.boolean(), { minLength: 12, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyPermission, { minLength: 1, maxLength: 12 }),
        shown,
        fc.array(anyRequest, { minLength: 8, maxLength: 8 }),
        async (permissions, isShown, requests) => {
          const tree = ClauseTree.of(permissions);
          const token = await issueExactly({
            ...{ unit: 'minor', one_time: true, purpose: 'A gift' },
            ...tree.commitment,
          });
          const opened = (await tree.openAll()).filter((_, i) => isShown[i]);
          const check = verifyClauses(tree.commitment, parseOpened(formatOpened(opened)));
          if (!check.ok) throw new Error(check.reason);
          for (const request of requests) {
            const use = { ...request, merchant: 'Shop', now: NOW };
            for (const clause of check.permissions) {
              if (reasons(token, use, { clause, decide }).length > 0) denied++;
              else {
                expect(anyPermits(permissions, request)).toBe(true);
                permitted++;
              }
            }
          }
        },
      ),
      { numRuns },
    );
    expect(permitted).toBeGreaterThan(0);
    expect(denied).toBeGreaterThan(0);
  }, 600_000);

  test('are restricted by what stands in the clear', async () => {
    const token = await issueExactly({
      ...{ unit: 'minor', one_time: true, purpose: 'Gifts', merkle_root: 'A'.repeat(43), leaves: 4 },
      permissions: ['read'],
    });
    expect(reasons(token, USE, { clause })).toEqual(['wrong_action']);
  });
});

describe('narrowing', () => {
  const terms = fc.record(
    {
      permissions: fc.subarray(['purchase', 'refund', 'read'], { minLength: 1 }),
      max_amount: fc.nat(3000),
      one_time: fc.boolean(),
      merchant: fc.constantFrom('Shop', 'Other'),
      policy: fc
        .array(
          fc.constantFrom(
            'amount<=500',
            'amount<=2500',
            'action=purchase',
            'action=read',
            'currency=USD',
            'purpose=Gifts',
            'proven',
          ),
          { minLength: 1, maxLength: 3 },
        )
        .map((clauses) => clauses.join('&')),
    },
    { requiredKeys: [] },
  );
  const use = fc.record({
    action: fc.constantFrom('purchase', 'refund', 'read'),
    amount: fc.nat(3500),
    currency: fc.constantFrom('USD', 'EUR'),
    audience: fc.constantFrom(SHOP, OTHER_SHOP),
    merchant: fc.constantFrom('Shop', 'Other'),
    purpose: fc.constantFrom('Gifts', 'Groceries'),
    now: fc.nat(1000).map((seconds) => NOW + seconds * 1000),
  });
  const narrowing = fc.record({ lifetime: fc.integer({ min: 1, max: 1000 }), terms });

  /** The chain narrowed once more, or undefined where that was refused, as widening is. */
  const tried = async (chain: string, change: Narrowing, depth: number): Promise<string | undefined> => {
    const holder = signingKeyJwk(keyNumber(61 + depth));
    try {
      return await narrowToken(chain, { ...change, holder }, keyNumber(60 + depth), NOW);
    } catch (error) {
      if (error instanceof SignetError && error.reason === 'bad_request') return undefined;
      throw error;
    }
  };

  test('never permits what the parent denied', async () => {
    let narrowed = 0;
    await fc.assert(
      fc.asyncProperty(
        terms,
        fc.array(narrowing, { minLength: 1, maxLength: 3 }),
        fc.array(use, { minLength: 4, maxLength: 4 }),
        async (root, changes, uses) => {
          const chains = [
            await issue({
              holder: signingKeyJwk(keyNumber(60)),
              terms: { one_time: false, purpose: 'Gifts', ...root },
            }),
          ];
          for (const change of changes) {
            const next = await tried(chains.at(-1) ?? '', change, chains.length - 1);
            if (next === undefined) break;
            chains.push(next);
            narrowed++;
          }
          for (const one of uses) {
            const permitted = chains.map((chain) => reasons(chain, one).length === 0);
            // Once denied, denied to the end.
            expect(permitted.slice(permitted.indexOf(false)).includes(true) && permitted.includes(false)).toBe(false);
          }
        },
      ),
      { numRuns },
    );
    expect(narrowed).toBeGreaterThan(0);
  });
});

const issueFree = (): Promise<string> =>
  issueExactly({ permissions: ['purchase'], unit: 'minor', one_time: true, purpose: 'Reading' }, SHOP);
