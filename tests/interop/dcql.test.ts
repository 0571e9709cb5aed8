import { DcqlPresentationResult, DcqlQuery as Oracle } from 'dcql';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { SignetError } from '../../lib/core/index.ts';
import type { JsonObject } from '../../lib/core/index.ts';
import { listCredentials, parseSdJwt, personalClaims } from '../../lib/credentials/index.ts';
import type { ProofPlan } from '../../lib/proofs/index.ts';
import { readDcqlQuery } from '../../lib/provider/index.ts';
import type { DcqlCredential, DcqlQuery } from '../../lib/provider/types.ts';
import { HeldVault } from '../fixtures/credentials/held-vault.ts';
import { certify, createParty, x5cOf } from '../fixtures/credentials/test-certificates.ts';
import type { Party } from '../fixtures/credentials/test-certificates.ts';
import { ORACLE, STANDARD, answerable, answering, waysToMeet } from './dcql/claims-pointer.ts';
import type { Candidate, Leniency } from './dcql/claims-pointer.ts';
import type { Hidden } from './dcql/hiding-issuer.ts';
import { disclosuresFor, hideParts, seenWith } from './dcql/hiding-issuer.ts';
import { contents, queryAbout } from './dcql/random-wallet.ts';
import type { Contents } from './dcql/random-wallet.ts';

/** Queries in all; several are put to each wallet. */
const QUERIES = Number(process.env['SIGNET_RUNS'] ?? 100) * 2.5;
const PER_WALLET = 5;
const numRuns = Math.ceil(QUERIES / PER_WALLET);

/** A credential of a wallet, by what its issuer knows of it. */
interface Issued extends Candidate {
  readonly recordId: string;
  readonly personal: JsonObject;
  readonly hidden: readonly Hidden[];
}

interface Wallet {
  readonly held: HeldVault;
  readonly issued: readonly Issued[];
}

let root: Promise<Party> | undefined;

async function walletOf(all: readonly Contents[]): Promise<Wallet> {
  root ??= createParty('Root');
  const held = await HeldVault.of();
  const issued: Issued[] = [];
  for (const { vct, issuer, authority, claims, hides } of all) {
    const { payload, hidden } = await hideParts(claims, hides);
    const leaf = { name: 'Leaf', kind: 'P-256', keyPair: held.issuerKey } as const;
    const keyId = authority === undefined ? undefined : new Uint8Array(Buffer.from(authority, 'base64url'));
    const x5c = keyId && x5cOf(await certify(leaf, await root, { uris: [issuer], authorityKeyId: keyId }));
    const disclosures = hidden.map(({ encoded }) => encoded);
    const { _sd, ...open } = payload;
    const record = await held.receive({
      ...{ vct, issuer, disclosures, claims: {} },
      payload: { ...open, ...(_sd === undefined ? {} : { _sd }) },
      ...(x5c && { header: { x5c } }),
    });
    const machinery = { iss: issuer, vct, cnf: { jwk: {} } };
    const authorityKeys = authority === undefined ? [] : [authority];
    issued.push({
      recordId: record.id,
      vct,
      claims: { ...claims, ...machinery },
      personal: claims,
      hidden,
      authorityKeys,
    });
  }
  return { held, issued };
}

/** What a presentation gives away: as Signet's design has it, and counted here from what the issuer knows alone. */
function costOf({ personal, hidden }: Issued, shown: ReadonlySet<string>): number {
  const seen = seenWith(personal, hidden, shown);
  const isDerived = ({ path, value }: (typeof seen)[number]): boolean =>
    path.at(-1) === 'age_over_18' && typeof value === 'boolean';
  return 5 + seen.length * 10 + seen.filter((leaf) => !isDerived(leaf)).length * 10_000;
}

/** Every set of disclosures by which a credential answers a question. */
const answersOf = (one: Issued, asked: DcqlCredential): readonly ReadonlySet<string>[] =>
  answerable(one, asked, STANDARD).map((terms) =>
    disclosuresFor(
      one.hidden,
      terms.flatMap((term) => answering(one.claims, term, STANDARD) ?? []),
    ),
  );

function isSatisfiable(issued: readonly Issued[], query: DcqlQuery, rules: Leniency): boolean {
  const isMet = (id: string): boolean =>
    query.credentials.some(
      (asked) => asked.id === id && issued.some((one) => answerable(one, asked, rules).length > 0),
    );
  return waysToMeet(query).some((ids) => ids.every(isMet));
}

/** The least that any answer gives away. */
function leastCost(issued: readonly Issued[], query: DcqlQuery): number {
  const costs = new Map(
    query.credentials.map((asked) => [
      asked.id,
      Math.min(...issued.flatMap((one) => answersOf(one, asked).map((shown) => costOf(one, shown)))),
    ]),
  );
  return Math.min(...waysToMeet(query).map((ids) => ids.reduce((sum, id) => sum + (costs.get(id) ?? Infinity), 0)));
}

const parsedBy = (query: DcqlQuery) => {
  const parsed = Oracle.parse(query as Parameters<typeof Oracle.parse>[0]);
  Oracle.validate(parsed);
  return parsed;
};

const oracleSays = (issued: readonly Issued[], query: DcqlQuery): boolean =>
  Oracle.query(
    parsedBy(query),
    issued.map(({ vct, claims, authorityKeys }) => ({
      ...{ credential_format: 'dc+sd-jwt' as const, vct, claims: claims as never, cryptographic_holder_binding: true },
      ...(authorityKeys.length === 0
        ? {}
        : { authority: { type: 'aki' as const, values: [...authorityKeys] as [string] } }),
    })),
  ).can_be_satisfied;

/** No way, where no vault could answer: that is said at once, and is no less no. */
async function plansFor({ held }: Wallet, query: DcqlQuery): Promise<readonly ProofPlan[]> {
  try {
    return await held.answers(readDcqlQuery(query as never, { strict: false }));
  } catch (error) {
    if (error instanceof SignetError && error.reason === 'unsupported') return [];
    throw error;
  }
}

interface Presented {
  readonly id: string;
  readonly text: string;
}

/** What went out is what the plan said, is one way to answer, and is the least there is. */
async function assertLeast({ held, issued }: Wallet, query: DcqlQuery, plan: ProofPlan): Promise<readonly Presented[]> {
  const { response } = await held.present(plan);
  const presented = Object.entries(response.vp_token ?? {}).flatMap(([id, texts]) =>
    texts.map((text) => ({ id, text })),
  );
  expect(presented).toHaveLength(plan.choice.length);
  let cost = 0;
  for (const [at, { id, text }] of presented.entries()) {
    const asked = query.credentials.find((one) => one.id === id);
    const one = issued.find(({ recordId }) => recordId === plan.choice[at]?.record.id);
    if (asked === undefined || one === undefined) throw new Error('nobody asked for it, or nobody issued it');
    const read = parseSdJwt(text);
    const shown = new Set(read.disclosures.map(({ encoded }) => encoded));
    const answers = answersOf(one, asked);
    expect(answers.some((answer) => isSame(answer, shown))).toBe(true);
    expect(answers.some((answer) => answer.size < shown.size && isSubset(answer, shown))).toBe(false);
    const learned = plan.views[at]?.learn.length;
    expect(learned).toBe(seenWith(one.personal, one.hidden, shown).length);
    const said = [response.claims[id]].flat();
    expect(said).toContainEqual(personalClaims(read.claims));
    cost += costOf(one, shown);
  }
  expect(cost).toBe(leastCost(issued, query));
  return presented;
}

const isSubset = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => [...a].every((one) => b.has(one));
const isSame = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => a.size === b.size && isSubset(a, b);

/** Whether `dcql` takes another way than the standard anywhere in what was asked of what went out. */
const isOddToOracle = (issued: readonly Issued[], { credentials }: DcqlQuery, { choice }: ProofPlan): boolean =>
  choice.some(({ wanted, record }) => {
    const one = issued.find(({ recordId }) => recordId === record.id);
    const claims = credentials.find(({ id }) => id === wanted.id)?.claims ?? [];
    const places = (rules: Leniency) => claims.map((claim) => one && answering(one.claims, claim, rules));
    return JSON.stringify(places(STANDARD)) !== JSON.stringify(places(ORACLE));
  });

function oracleAccepts(query: DcqlQuery, presented: readonly Presented[]): boolean {
  const byId = Map.groupBy(presented, ({ id }) => id);
  const presentation = Object.fromEntries(
    [...byId].map(([id, all]) => [id, all.map(({ text }) => credentialIn(text)) as [ReturnType<typeof credentialIn>]]),
  );
  return DcqlPresentationResult.fromDcqlPresentation(presentation, { dcqlQuery: parsedBy(query) }).can_be_satisfied;
}

function credentialIn(text: string) {
  const { claims } = parseSdJwt(text);
  const { vct } = claims;
  return {
    ...{ credential_format: 'dc+sd-jwt' as const, vct: typeof vct === 'string' ? vct : '', claims: claims as never },
    cryptographic_holder_binding: true,
  };
}

describe('a random question to a random wallet', () => {
  const seen = { queries: 0, satisfiable: 0, differences: 0, accepted: 0 };
  afterAll(() => {
    process.stdout.write(`DCQL against dcql: ${JSON.stringify(seen)}\n`);
  });

  test('is answered exactly when `dcql` says that it can be, but for what is listed, and by the least there is', async () => {
    const cases = fc
      .array(contents, { minLength: 1, maxLength: 4 })
      .chain((all) =>
        fc.tuple(fc.constant(all), fc.array(queryAbout(all), { minLength: PER_WALLET, maxLength: PER_WALLET })),
      );
    const property = fc.asyncProperty(cases, async ([all, queries]) => {
      const wallet = await walletOf(all);
      expect(await listCredentials(wallet.held.vault)).toHaveLength(all.length);
      for (const query of queries) {
        const { issued } = wallet;
        const isMet = isSatisfiable(issued, query, STANDARD);
        const [plan] = await plansFor(wallet, query);
        expect(plan !== undefined).toBe(isMet);
        // The list of differences is complete: with all of them, the standard's words are what the oracle does.
        const oracle = oracleSays(issued, query);
        expect(isSatisfiable(issued, query, ORACLE)).toBe(oracle);
        seen.queries += 1;
        if (oracle !== isMet) seen.differences += 1;
        if (plan === undefined) continue;
        seen.satisfiable += 1;
        const presented = await assertLeast(wallet, query, plan);
        const hasAuthorities = query.credentials.some(({ trusted_authorities }) => trusted_authorities !== undefined);
        if (hasAuthorities || isOddToOracle(issued, query, plan) || presented.length === 0) continue;
        expect(oracleAccepts(query, presented)).toBe(true);
        seen.accepted += 1;
      }
    });
    await fc.assert(property, { numRuns });
    // A few wallets may have little that is asked for: then more of them are looked at.
    const isTelling = (): boolean => seen.satisfiable > seen.queries / 10 && seen.accepted > 0;
    for (let seed = 1; seed <= 20 && !isTelling(); seed++) await fc.assert(property, { numRuns, seed });
    expect(seen.satisfiable).toBeGreaterThan(seen.queries / 10);
    expect(seen.accepted).toBeGreaterThan(0);
  }, 3_600_000);
});
