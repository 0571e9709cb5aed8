import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { canonicalJsonBytes, fromUtf8 } from '../../../../lib/core/index.ts';
import type { PolicyBook, SetAside } from '../../../../lib/policy/index.ts';
import {
  countSetAside,
  decide,
  dismissSuggestion,
  FRESH_STATE,
  noteAnswer,
  rekeyAnswers,
  setAsideTampered,
  suggestionsOf,
} from '../../../../lib/policy/index.ts';
import type { Address, OpenVault } from '../../../../lib/vault/index.ts';
import { OpenVault as Vault } from '../../../../lib/vault/index.ts';
import { bareKeys, bareStores, reopen } from '../../../fixtures/vault/bare-vault.ts';
import {
  BAR,
  DAY,
  NOW,
  SHOP,
  contentOf,
  emptyVault,
  inOne,
  newBook,
  requestOf,
  ruleOf,
  saveRules,
} from './book-vault.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 20);

let vault: OpenVault;
let book: PolicyBook;

beforeEach(() => {
  vault = emptyVault();
  book = newBook();
});

interface About {
  readonly subject?: string;
  readonly claim?: string;
  readonly on?: OpenVault;
}

/** `a`: allowed, `d`: denied; a day apart. */
async function answer(letters: string, { subject = SHOP, claim = 'email', on = vault }: About = {}, from = NOW) {
  const moved: SetAside[] = [];
  for (const [n, letter] of Array.from(letters).entries()) {
    const answered = letter === 'a' ? 'allowed' : 'denied';
    const at = from + n * DAY;
    moved.push(
      ...(await on.transact((tx) =>
        noteAnswer(tx, { subject, kind: 'site', claim, label: 'e-mail', answer: answered, at }),
      )),
    );
  }
  return moved;
}

const suggested = async (on = vault) => {
  const { compiled: policy } = await book.current(on);
  return suggestionsOf(on, { policy, now: NOW + 100 * DAY });
};
const effects = async () => (await suggested()).suggestions.map(({ rule }) => rule.effect);

describe('answers that agree', () => {
  test.each([
    ['aaaa', []],
    ['aaaaa', ['permit']],
    ['ddddd', ['deny']],
    ['aaaad', []],
    ['aaaaaaaaad', ['permit']],
    ['aaaaaaaad', []],
    ['ddddddddda', ['deny']],
    ['ad'.repeat(25), []],
  ])('%s suggest %j', async (letters, wanted) => {
    await answer(letters);
    expect(await effects()).toEqual(wanted);
  });

  test('bring their evidence and the rule, for exactly this subject and claim, and apply nothing', async () => {
    await answer('aaaaad'.repeat(1) + 'aaaaa');
    const { suggestions, tampered } = await suggested();
    expect(tampered).toBe(0);
    expect(suggestions).toEqual([
      {
        id: expect.any(String) as string,
        ...{ subject: SHOP, claim: 'email', label: 'e-mail', allowed: 10, denied: 1, since: NOW },
        rule: {
          id: expect.stringMatching(/^suggested-[\w-]{22}$/) as string,
          effect: 'permit',
          subject: { site: SHOP },
          action: 'prove',
          claims: ['email'],
          when: [],
          locked: false,
          made: { at: NOW + 100 * DAY, by: 'suggestion' },
        },
      },
    ]);
    expect(await book.current(vault)).toMatchObject({ version: 0 });
  });

  test('of long ago make room for the last fifty', async () => {
    await answer('d'.repeat(40));
    await answer('a'.repeat(50), {}, NOW + 50 * DAY);
    expect((await suggested()).suggestions).toMatchObject([{ allowed: 50, denied: 0, since: NOW + 50 * DAY }]);
  });

  test('about other subjects and claims do not count', async () => {
    await answer('aaaa');
    await answer('aaaa', { subject: BAR });
    await answer('aaaa', { claim: 'email.verified' });
    expect(await effects()).toEqual([]);
  });

  test('about an agent make a rule about the agent', async () => {
    for (let n = 0; n < 5; n++) {
      await inOne(vault, (tx) =>
        noteAnswer(tx, { subject: 'a-1', kind: 'agent', claim: 'email', label: '', answer: 'denied', at: NOW }),
      );
    }
    expect((await suggested()).suggestions.map(({ rule }) => rule.subject)).toEqual([{ agent: 'a-1' }]);
  });

  test('make the rule that settles it, which is not suggested again', async () => {
    await answer('aaaaa');
    const [suggestion] = (await suggested()).suggestions;
    const rule = suggestion?.rule ?? ruleOf();
    const { compiled } = await saveRules(vault, book, [rule]);
    expect(decide(compiled, requestOf(SHOP, 'email'), FRESH_STATE, { askable: true }).verdict).toBe('PERMIT');
    expect(await effects()).toEqual([]);
  });

  test.each([
    ['a permit for it', ruleOf({ claims: ['email'] })],
    ['a permit for everything', ruleOf({ claims: '*' })],
    ['a denial of its domain', ruleOf({ effect: 'deny', subject: { domain: 'example' }, claims: '*' })],
    ['the wish to be asked', ruleOf({ effect: 'ask', claims: ['email'] })],
    ['a permit that is used up or not', ruleOf({ claims: ['email'], obligations: { max_uses: 1 } })],
  ])('suggest nothing where there is %s', async (_, rule) => {
    await answer('aaaaa');
    const roles = { roles: [{ subject: SHOP, by: 'explicit' as const, role: 'identity' as const }] };
    await inOne(vault, (tx) => book.save(tx, (set) => ({ ...set, ...roles, rules: [rule] }), { at: NOW }));
    expect(await effects()).toEqual([]);
  });

  test('are suggested under an id that no rule has', async () => {
    await answer('aaaaa');
    const [first] = (await suggested()).suggestions;
    await saveRules(vault, book, [{ ...(first?.rule ?? ruleOf()), claims: ['other'] }]);
    const [second] = (await suggested()).suggestions;
    expect(second?.rule.id).toBe(`${first?.rule.id ?? ''}-2`);
  });
});

describe('a dismissed suggestion', () => {
  const dismiss = async () => {
    const [suggestion] = (await suggested()).suggestions;
    await inOne(vault, (tx) => dismissSuggestion(tx, suggestion?.id ?? ''));
  };

  test('is not made again, however often the person answers so', async () => {
    await answer('aaaaa');
    await dismiss();
    await answer('a'.repeat(20));
    expect(await effects()).toEqual([]);
  });

  test('is made again once the answers turned', async () => {
    await answer('aaaaa');
    await dismiss();
    await answer('d');
    expect(await effects()).toEqual([]);
    await answer('aaaaaaaaa');
    expect(await effects()).toEqual(['permit']);
  });

  test('is another than the opposite one', async () => {
    await answer('aaaaa');
    await dismiss();
    await answer('d'.repeat(50));
    expect(await effects()).toEqual(['deny']);
  });

  test('must be one that is made', async () => {
    await answer('aaaa');
    for (const id of ['', 'nothing', 'A'.repeat(43), 'A'.repeat(5000), `${'A'.repeat(42)}/`]) {
      await expect(inOne(vault, (tx) => dismissSuggestion(tx, id))).rejects.toMatchObject({ reason: 'not_found' });
    }
  });
});

/** Reads and writes records past the book, sealed as they should be. */
const addressesOf = async (prefix: string): Promise<Address[]> =>
  [...(await contentOf(vault)).keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const [label = '', index = ''] = key.split(' ');
      return { label: label as Address['label'], index: Number(index) };
    });
const only = async (prefix: string): Promise<Address> => {
  const [address] = await addressesOf(prefix);
  if (address === undefined) throw new Error(`nothing under ${prefix}`);
  return address;
};
const put = (address: Address, bytes: Uint8Array | undefined): Promise<void> =>
  inOne(vault, async (tx) => {
    if (bytes === undefined) await tx.delete(address);
    else tx.put(address, 1, bytes);
  });
const read = async (address: Address): Promise<Uint8Array> => (await vault.get(address, 1)) ?? new Uint8Array();
const alter = async (address: Address, change: (value: never) => unknown): Promise<void> => {
  const value = JSON.parse(fromUtf8(await read(address))) as never;
  await put(address, canonicalJsonBytes(change(value) ?? value));
};
const look = () => vault.transact((tx) => setAsideTampered(tx));

const RECORD = 'sys/answers/of/';
const SHARD = 'sys/answers/table';
const HEAD = 'sys/answers/head';

interface Sealed {
  readonly record: Record<string, unknown> & { answers: [number, string][] };
  readonly mac: string;
}

describe('a record of answers', () => {
  beforeEach(async () => {
    await answer('aaaaaa');
    await answer('ddddd', { subject: BAR });
  });

  const alterations: Readonly<Record<string, (sealed: Sealed) => unknown>> = {
    'about another subject': ({ record }) => void (record['subject'] = 'https://evil.example'),
    'of another kind of subject': ({ record }) => void (record['kind'] = 'agent'),
    'about another claim': ({ record }) => void (record['claim'] = 'birth_date'),
    'with another label': ({ record }) => void (record['label'] = 'nothing much'),
    'with an answer turned': ({ record }) => void (record.answers[0] = [record.answers[0]?.[0] ?? 0, 'denied']),
    'with an answer more': ({ record }) => void record.answers.push([NOW, 'allowed']),
    'with an answer fewer': ({ record }) => void record.answers.pop(),
    'with another time': ({ record }) => void (record.answers[2] = [NOW, 'allowed']),
    'with another generation': ({ record }) => void (record['generation'] = 1),
    'that was dismissed': ({ record }) => void (record['dismissed'] = 'permit'),
    'with a member that none has': ({ record }) => void (record['more'] = true),
    'with a MAC that is none': (sealed) => ({ ...sealed, mac: 'AAAA' }),
    'with a MAC of zeros': (sealed) => ({ ...sealed, mac: 'A'.repeat(43) }),
    'without a MAC': ({ record }) => ({ record }),
    'that is something else': () => [1, 2, 3],
  };

  test.each(Object.keys(alterations))('%s does not count, is set aside once, and leaves the others', async (what) => {
    const address = await addressOf(SHOP);
    await alter(address, (value) => alterations[what]?.(value));
    expect(await suggested()).toMatchObject({ tampered: 1, suggestions: [{ subject: BAR }] });
    expect(await look()).toMatchObject([{ why: 'altered' }]);
    expect(await look()).toEqual([]);
    expect(await countSetAside(vault)).toBe(1);
    expect(await vault.get(address, 1)).toBeUndefined();
    expect(await suggested()).toMatchObject({ tampered: 0, suggestions: [{ subject: BAR }] });
  });

  test('that is no JSON is set aside as well', async () => {
    await put(await addressOf(SHOP), new Uint8Array([0xff, 0xfe]));
    expect(await look()).toEqual([{ subject: '', claim: '', why: 'altered' }]);
  });

  test('says in words that can be logged what it was about, whatever was written into it', async () => {
    await alter(await addressOf(SHOP), (value) => {
      (value as Sealed).record['subject'] = `https://evil.example‮${'x'.repeat(1000)}`;
    });
    const [moved] = await look();
    expect(moved?.subject).toMatch(/^https:\/\/evil\.example x+…$/);
  });

  test('that was put back as it was before shows', async () => {
    const address = await addressOf(SHOP);
    const old = await read(address);
    await answer('d');
    await put(address, old);
    expect(await suggested()).toMatchObject({ tampered: 1, suggestions: [{ subject: BAR }] });
    expect(await look()).toEqual([{ subject: SHOP, claim: 'email', why: 'rolled_back' }]);
  });

  test('that was put back together with its part of the table shows', async () => {
    const record = await addressOf(SHOP);
    const before = await contentOf(vault);
    await answer('d');
    const shard = await shardOf(before);
    for (const address of [record, shard]) await put(address, bytesIn(before, address));
    expect(await suggested()).toMatchObject({ tampered: 2 });
    expect((await look()).map(({ why }) => why)).toEqual(['rolled_back', 'rolled_back']);
    expect(await suggested()).toMatchObject({ tampered: 0 });
  });

  test('that was put back together with the head shows', async () => {
    const record = await addressOf(SHOP);
    const before = await contentOf(vault);
    await answer('d');
    for (const address of [record, await only(HEAD)]) await put(address, bytesIn(before, address));
    expect((await look()).map(({ why }) => why)).toContain('rolled_back');
    expect((await suggested()).suggestions.filter(({ subject }) => subject === SHOP)).toEqual([]);
  });

  test('that is gone shows', async () => {
    await put(await addressOf(SHOP), undefined);
    expect(await suggested()).toMatchObject({ tampered: 1 });
    expect(await look()).toEqual([{ subject: '', claim: '', why: 'missing' }]);
    expect(await look()).toEqual([]);
  });

  test('under the name of another does not count there', async () => {
    await put(await addressOf(BAR), await read(await addressOf(SHOP)));
    expect((await look()).map(({ why }) => why)).toEqual(['rolled_back']);
    expect((await suggested()).suggestions.map(({ subject }) => subject)).toEqual([SHOP]);
  });

  test('that the vault itself finds damaged does not count, and can be begun anew', async () => {
    const stores = bareStores();
    const former = emptyVault(stores);
    await answer('aaaaaa', { on: former });
    const [row] = (await former.locate(await addressOf(SHOP, former))).rows;
    await stores.backend.batch([{ store: 'records', key: row ?? new Uint8Array(32), value: new Uint8Array(1280) }], []);
    const own = await reopen(stores); // the former one has it in memory as it was
    expect(await suggested(own)).toEqual({ suggestions: [], tampered: 1 });
    expect(await answer('a', { on: own })).toEqual([{ subject: '', claim: '', why: 'altered' }]);
    await answer('aaaa', { on: own });
    expect((await suggested(own)).suggestions).toMatchObject([{ allowed: 5 }]);
  });

  test('that was altered is set aside by the next answer, which begins anew', async () => {
    await alter(await addressOf(SHOP), alterations['with an answer more'] as never);
    expect(await answer('aaaa')).toEqual([{ subject: SHOP, claim: 'email', why: 'altered' }]);
    expect((await suggested()).suggestions.map(({ subject }) => subject)).toEqual([BAR]);
    await answer('a');
    expect((await suggested()).suggestions).toMatchObject([{ subject: BAR }, { subject: SHOP, allowed: 5 }]);
  });

  test('that was set aside and put back is a stranger', async () => {
    const address = await addressOf(SHOP);
    const good = await read(address);
    await put(address, undefined);
    await look();
    await put(address, good);
    expect(await answer('a')).toEqual([{ subject: SHOP, claim: 'email', why: 'stranger' }]);
    expect(await effects()).toEqual(['deny']);
  });

  test('is kept where it was set aside, the newest 64 of them', async () => {
    for (let n = 0; n < 66; n++) {
      await put(await addressOf(SHOP), new Uint8Array([n]));
      await answer('a');
    }
    expect(await countSetAside(vault)).toBe(66);
    expect(await addressesOf('sys/answers/aside')).toHaveLength(65);
  });
});

describe('the table of answers', () => {
  beforeEach(async () => {
    await answer('aaaaaa');
    await answer('ddddd', { subject: BAR });
  });

  test.each([HEAD, SHARD])('that is altered (%s) takes with it what it alone could vouch for', async (part) => {
    const [address] = await addressesOf(part);
    await alter(address ?? (await only(part)), (value) => void ((value as { generation: number }).generation += 1));
    expect((await suggested()).tampered).toBeGreaterThan(0);
    expect((await look()).length).toBeGreaterThan(0);
    expect(await look()).toEqual([]);
    expect((await suggested()).tampered).toBe(0);
    const left = (await suggested()).suggestions.length;
    expect(left).toBe(part === HEAD ? 0 : 1);
    await answer('aaaaa');
    await answer('ddddd', { subject: BAR });
    expect((await suggested()).suggestions).toHaveLength(2);
  });

  test.each([HEAD, SHARD])('that is gone (%s) shows', async (part) => {
    const [address] = await addressesOf(part);
    await put(address ?? (await only(part)), undefined);
    expect((await suggested()).tampered).toBeGreaterThan(0);
    await look();
    expect((await suggested()).tampered).toBe(0);
  });

  test('that was put back whole after it was begun anew fits no record', async () => {
    const before = await contentOf(vault);
    for (const address of [await only(HEAD), ...(await addressesOf(SHARD)), ...(await addressesOf(RECORD))]) {
      await put(address, undefined);
    }
    await answer('a');
    const record = await addressOf(SHOP);
    await put(record, bytesIn(before, record));
    expect(await look()).toMatchObject([{ why: 'rolled_back' }]);
  });

  test('whatever byte of it or of a record is changed, no other suggestion is made and nothing is thrown', async () => {
    const before = await suggested();
    const known = before.suggestions.map((one) => JSON.stringify(one));
    const places = [...(await addressesOf(RECORD)), ...(await addressesOf(SHARD)), await only(HEAD)];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...places),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (place, at, by) => {
          const whole = await read(place);
          const bytes = Uint8Array.from(whole);
          bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ by;
          await put(place, bytes);
          const after = await suggested();
          expect(known).toEqual(expect.arrayContaining(after.suggestions.map((one) => JSON.stringify(one))));
          expect(after.tampered).toBeGreaterThan(0);
          await put(place, whole);
          expect(await suggested()).toEqual(before);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe('a vault that moved to other words', () => {
  test('keeps its answers, once they are MACed anew', async () => {
    await answer('aaaaaa');
    await answer('ddddd', { subject: BAR });
    const moved = Vault.empty(bareStores(), bareKeys(7));
    await inOne(moved, async (tx) => {
      for await (const { address, bytes } of vault.records()) tx.put(address, 1, bytes);
      await rekeyAnswers(tx, vault);
    });
    expect(await suggested(moved)).toMatchObject({ tampered: 0, suggestions: [{ subject: BAR }, { subject: SHOP }] });
    await answer('a', { on: moved });
    expect((await suggested(moved)).suggestions).toMatchObject([{ denied: 5 }, { allowed: 7 }]);
  });

  test('does not make good what was altered before', async () => {
    await answer('aaaaaa');
    await answer('ddddd', { subject: BAR });
    await alter(await addressOf(SHOP), (value) => void (value as Sealed).record.answers.push([NOW, 'allowed']));
    const moved = Vault.empty(bareStores(), bareKeys(7));
    await inOne(moved, async (tx) => {
      for await (const { address, bytes } of vault.records()) tx.put(address, 1, bytes);
      await rekeyAnswers(tx, vault);
    });
    expect(await suggested(moved)).toMatchObject({ tampered: 1, suggestions: [{ subject: BAR }] });
  });

  test('has none where they are not', async () => {
    await answer('aaaaaa');
    const moved = Vault.empty(bareStores(), bareKeys(7));
    await inOne(moved, async (tx) => {
      for await (const { address, bytes } of vault.records()) tx.put(address, 1, bytes);
    });
    const found = await suggested(moved);
    expect(found.suggestions).toEqual([]);
    expect(found.tampered).toBeGreaterThan(0);
  });
});

async function addressOf(subject: string, on = vault): Promise<Address> {
  for await (const { address, bytes } of on.records()) {
    if (!address.label.startsWith(RECORD)) continue;
    if ((JSON.parse(fromUtf8(bytes)) as Sealed).record['subject'] === subject) return address;
  }
  throw new Error(`no answers to ${subject}`);
}

/** The part of the table that changed since. */
async function shardOf(before: Map<string, string>): Promise<Address> {
  const now = await contentOf(vault);
  for (const address of await addressesOf(SHARD)) {
    const key = `${address.label} ${address.index}`;
    if (now.get(key) !== before.get(key)) return address;
  }
  throw new Error('no part of the table changed');
}

const bytesIn = (content: Map<string, string>, { label, index }: Address): Uint8Array =>
  Uint8Array.from(Buffer.from(content.get(`${label} ${index}`) ?? '', 'latin1'));
