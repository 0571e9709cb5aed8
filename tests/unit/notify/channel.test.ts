import { describe, expect, test } from 'vitest';
import type { AuthorizationChannel, Challenge, NotifySettings, Scope } from '../../../lib/notify/index.ts';
import {
  MAX_OPEN,
  POLL_INTERVAL,
  closeChallenge,
  countAnswer,
  listChallenges,
  permittedBy,
  readAnswer,
  readBreaker,
} from '../../../lib/notify/index.ts';
import { transactAgain } from '../../../lib/notify/again.ts';
import { COOL_DOWN, PROBE_LEASE, THRESHOLD } from '../../../lib/notify/breaker.ts';
import { MemoryKeyValue, OpenVault } from '../../../lib/vault/index.ts';
import { Away, NOON, SCOPE, TEN_MINUTES, requestOf } from '../../fixtures/notify/away.ts';
import { Receiver, accept, say, status } from '../../fixtures/notify/receiver.ts';
import { bareKeys } from '../../fixtures/vault/bare-vault.ts';
import { Fuse, WorkerDied, mortal } from '../../fixtures/vault/dying.ts';

const asked = async (channel: AuthorizationChannel, changes = {}): Promise<Challenge> => {
  const challenge = await channel.ask(requestOf(changes));
  if (challenge === undefined) throw new Error('nothing was asked');
  return challenge;
};

const deliveries = async (vault: OpenVault) => (await listChallenges(vault)).map(({ delivery }) => delivery);

describe('a question', () => {
  test('stands in the vault, with its attempt counted, before the webhook sees it', async () => {
    await using receiver = await Receiver.start();
    const away = await Away.at(receiver.url);
    const atThatMoment = Promise.withResolvers<Challenge | undefined>();
    receiver.reaction = (response, received) => {
      atThatMoment.resolve(
        away
          .anotherWorker()
          .then(listChallenges)
          .then(([challenge]) => challenge),
      );
      accept(response, received);
    };
    const channel = away.channel();
    await asked(channel);
    await channel.step();
    expect(await atThatMoment.promise).toMatchObject({ delivery: { state: 'due', attempts: 1 } });
    expect(await deliveries(away.vault)).toEqual([{ state: 'delivered' }]);
  });

  test('is one, however often its request is asked about, and another when the request has changed', async () => {
    const away = await Away.at('https://hooks.example/');
    const [first, again] = [await asked(away.channel()), await asked(away.channel())];
    expect(again).toEqual(first);
    const wider: Scope = { ...SCOPE, items: [...SCOPE.items, { name: 'iban', exact: null }] };
    const other = await asked(away.channel(), { scope: wider });
    expect(other.id).not.toBe(first.id);
    expect((await listChallenges(away.vault)).map(({ id }) => id)).toEqual([other.id]);
  });

  test('is not asked without a webhook, or before it has a secret', async () => {
    const away = await Away.at('https://hooks.example/');
    await away.set({ webhook: { url: 'https://elsewhere.example/', tells: 'names' } });
    expect(await away.channel().ask(requestOf())).toBeUndefined();
    await away.set({ answers: away.answers() });
    expect(await away.channel().ask(requestOf())).toBeUndefined();
  });

  test('is one of twenty at most, and those whose time is over leave room', async () => {
    const away = await Away.at('https://hooks.example/');
    for (let i = 0; i < MAX_OPEN; i++) await asked(away.channel(), { requestId: `r${i}` });
    await expect(away.channel().ask(requestOf({ requestId: 'more' }))).rejects.toMatchObject({ reason: 'too_many' });
    away.clock.now = NOON + TEN_MINUTES;
    await asked(away.channel(), { requestId: 'more', endsAt: away.clock.now + TEN_MINUTES });
  });

  test('says when there is something to do next: its post, its poll, its end', async () => {
    await using receiver = await Receiver.start();
    const away = await Away.at(receiver.url);
    const channel = away.channel();
    expect((await channel.look()).nextAt).toBeUndefined();
    await asked(channel);
    expect((await channel.look()).nextAt).toBe(NOON);
    expect((await channel.step()).nextAt).toBe(NOON + TEN_MINUTES);
    await away.set({ webhook: { url: receiver.url, tells: 'names' }, answers: away.answers({ url: receiver.url }) });
    expect((await channel.look()).nextAt).toBe(NOON + POLL_INTERVAL);
  });

  test('that nobody answers is denied when its time is over, and forgotten when nobody closes it', async () => {
    await using receiver = await Receiver.start();
    const away = await Away.at(receiver.url);
    const channel = away.channel();
    await asked(channel);
    away.clock.now = NOON + TEN_MINUTES - 1;
    expect((await channel.step()).ruled).toEqual([]);
    away.clock.now += 1;
    expect((await channel.step()).ruled).toMatchObject([{ ruling: { decision: 'deny', why: 'late' } }]);
    away.clock.now += TEN_MINUTES;
    expect((await channel.step()).ruled).toEqual([]);
    expect(await listChallenges(away.vault)).toEqual([]);
  });
});

describe('a question that was not sent yet', () => {
  type Change = (away: Away, url: string) => NotifySettings;
  test.each<[string, Change]>([
    [
      'the webhook is another',
      (away, url) => ({ webhook: { url: `${url}/new`, tells: 'names' }, answers: away.answers() }),
    ],
    ['it shall be told nothing', (away, url) => ({ webhook: { url, tells: 'nothing' }, answers: away.answers() })],
    ['there is no webhook', (away) => ({ answers: away.answers() })],
  ])('is not sent any more when, meanwhile, %s', async (_, change) => {
    await using receiver = await Receiver.start();
    const away = await Away.at(receiver.url);
    await asked(away.channel());
    await away.set(change(away, receiver.url));
    await away.channel().step();
    expect(receiver.received).toEqual([]);
    expect(await deliveries(away.vault)).toEqual([{ state: 'given_up', why: 'unset' }]);
  });

  test('is not sent with names of Tier 3 that were switched off meanwhile', async () => {
    await using receiver = await Receiver.start();
    const away = await Away.at(receiver.url);
    const webhook = { url: receiver.url, tells: 'names' } as const;
    await away.set({ webhook, answers: away.answers({ tier3: true }) });
    await asked(away.channel(), { tier3: true });
    await away.set({ webhook, answers: away.answers({ tier3: false }) });
    await away.channel().step();
    expect(receiver.received).toEqual([]);
  });
});

describe('an answer', () => {
  test('in the response is there with the step, permits what it says, and is told again until it is closed', async () => {
    await using receiver = await Receiver.start();
    const away = await Away.at(receiver.url);
    receiver.reaction = say(({ body }) => away.person.answer(body, 'narrow', { keep: ['country'] }));
    const channel = away.channel();
    await asked(channel);
    const { ruled, nextAt } = await channel.step();
    expect(ruled.map((one) => permittedBy(one, SCOPE, NOON)?.items.map(({ name }) => name))).toEqual([['country']]);
    expect(nextAt).toBeUndefined();
    const successor = away.channel(await away.anotherWorker());
    expect((await successor.step()).ruled).toEqual(ruled);
    await away.vault.transact((tx) => closeChallenge(tx, ruled[0]?.challenge.id ?? ''));
    expect((await channel.step()).ruled).toEqual([]);
    expect(receiver.received).toHaveLength(1);
  });

  test('that counts for nothing is told, and the question waits on', async () => {
    await using receiver = await Receiver.start();
    const away = await Away.at(receiver.url);
    receiver.reaction = say(({ body }) => away.person.answer(body, 'narrow', { keep: ['iban'] }));
    const channel = away.channel();
    const { id } = await asked(channel);
    expect(await channel.step()).toEqual({
      ...{ ruled: [], nextAt: NOON + TEN_MINUTES },
      refused: [{ challenge: id, refusal: 'no_part' }],
    });
  });

  test('is fetched every five seconds while the question waits, by its id, and then no more', async () => {
    await using receiver = await Receiver.start(status(404));
    await using hook = await Receiver.start();
    const away = await Away.at(hook.url);
    await away.set({
      webhook: { url: hook.url, tells: 'names' },
      answers: away.answers({ url: `${receiver.url}?for=me` }),
    });
    const channel = away.channel();
    const { id } = await asked(channel);
    const times: number[] = [];
    for (let step = await channel.step(); times.length < 4; step = await channel.step()) {
      away.clock.now = step.nextAt ?? 0;
      times.push(away.clock.now - NOON);
      if (times.length === 4) receiver.reaction = say(away.person.answer(hook.bodies[0] ?? '', 'approve'));
    }
    expect(times).toEqual([5000, 10_000, 15_000, 20_000]);
    expect(new Set(receiver.received.map(({ path }) => path))).toEqual(new Set([`/hook?for=me&challenge=${id}`]));
    expect((await channel.step()).ruled).toMatchObject([{ ruling: { decision: 'approve' } }]);
    away.clock.now += 60_000;
    await channel.step();
    expect(receiver.received).toHaveLength(4);
    expect(hook.received).toHaveLength(1);
  });

  test('is fetched less often where that fails, and as the server asks', async () => {
    await using hook = await Receiver.start();
    await using receiver = await Receiver.start(status(500));
    const away = await Away.at(hook.url);
    await away.set({ webhook: { url: hook.url, tells: 'names' }, answers: away.answers({ url: receiver.url }) });
    const channel = away.channel();
    await asked(channel);
    const waits: number[] = [];
    for (let step = await channel.step(); waits.length < 6; step = await channel.step()) {
      waits.push((step.nextAt ?? 0) - away.clock.now);
      away.clock.now = step.nextAt ?? 0;
      if (waits.length === 5) receiver.reaction = status(503, { 'Retry-After': '90' });
    }
    expect(waits).toEqual([5000, 10_000, 20_000, 40_000, 40_000, 90_000]);
  });

  test('to one question, given to another, counts for neither', async () => {
    await using receiver = await Receiver.start();
    const away = await Away.at(receiver.url);
    const channel = away.channel();
    await asked(channel, { requestId: 'a' });
    await channel.step();
    const forA = away.person.answer(receiver.bodies[0] ?? '', 'approve');
    receiver.reaction = say(forA);
    await asked(channel, { requestId: 'b' });
    const { ruled, refused } = await channel.step();
    expect(ruled).toEqual([]);
    expect(refused).toMatchObject([{ refusal: 'other_challenge' }]);
  });

  test('that comes when the question is closed counts for nothing', async () => {
    await using receiver = await Receiver.start();
    const away = await Away.at(receiver.url);
    const channel = away.channel();
    const { id } = await asked(channel);
    receiver.reaction = (response, received) =>
      void channel.close(id).then(() => say(away.person.answer(received.body, 'approve'))(response, received));
    expect(await channel.step()).toEqual({
      ...{ ruled: [], nextAt: undefined },
      refused: [{ challenge: id, refusal: 'over' }],
    });
  });

  test('that takes longer than the request waits is a denial', async () => {
    await using receiver = await Receiver.start();
    const away = await Away.at(receiver.url);
    receiver.reaction = (response, received) => {
      away.clock.now = NOON + TEN_MINUTES;
      say(away.person.answer(received.body, 'approve'))(response, received);
    };
    const channel = away.channel();
    await asked(channel);
    expect((await channel.step()).ruled).toMatchObject([{ ruling: { decision: 'deny', why: 'late' } }]);
  });
});

describe('steps', () => {
  test('that overlap post once and fetch once', async () => {
    await using hook = await Receiver.start();
    await using receiver = await Receiver.start(status(404));
    const away = await Away.at(hook.url);
    await away.set({ webhook: { url: hook.url, tells: 'names' }, answers: away.answers({ url: receiver.url }) });
    const channel = away.channel();
    await asked(channel);
    away.clock.now += POLL_INTERVAL;
    await Promise.all(Array.from({ length: 5 }, () => channel.step()));
    expect([hook.received.length, receiver.received.length]).toEqual([1, 1]);
  });

  test('end when the vault locks under them, and the question is due again in the next session', async () => {
    await using receiver = await Receiver.start();
    const away = await Away.at(receiver.url);
    receiver.reaction = (response, received) => {
      away.vault.close();
      say(away.person.answer(received.body, 'approve'))(response, received);
    };
    await asked(away.channel());
    await expect(away.channel().step()).rejects.toMatchObject({ reason: 'locked' });
    const unlocked = await away.anotherWorker();
    const { ruled, nextAt } = await away.channel(unlocked).look();
    expect({ ruled, nextAt }).toEqual({ ruled: [], nextAt: NOON + PROBE_LEASE });
    receiver.reaction = say(({ body }) => away.person.answer(body, 'approve'));
    away.clock.now = nextAt ?? 0;
    expect((await away.channel(unlocked).step()).ruled).toMatchObject([{ ruling: { decision: 'approve' } }]);
  });
});

describe('fifty answers at once', () => {
  /** Fifty different good answers to one question, by turns of three kinds. */
  async function race(workers: number): Promise<void> {
    await using receiver = await Receiver.start();
    const away = await Away.at(receiver.url);
    await asked(away.channel());
    await away.channel().step();
    const body = receiver.bodies[0] ?? '';
    const vaults = [away.vault];
    while (vaults.length < workers) vaults.push(await away.anotherWorker());
    const kinds = [['approve'], ['deny'], ['narrow', { keep: ['salary'] }], ['narrow', { keep: ['country'] }]] as const;
    const counted = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const [decision, changes] = kinds[i % kinds.length] ?? kinds[0];
        const answer = readAnswer(away.person.answer(body, decision, changes));
        if (answer === undefined) throw new Error('this is no answer');
        const vault = vaults[i % workers] ?? away.vault;
        return transactAgain(vault, (tx) => countAnswer(tx, answer.challenge, answer, NOON));
      }),
    );
    const winners = counted.flatMap((one) => (one.counts ? [one.ruling] : []));
    expect(winners).toHaveLength(1);
    expect(counted.filter((one) => !one.counts && one.refusal === 'used')).toHaveLength(49);
    const stored = (await listChallenges(await away.anotherWorker())).map(({ ruling }) => ruling);
    expect(stored).toEqual(winners);
  }

  test('in one worker: exactly one counts', () => race(1));
  test('in five workers over one vault: exactly one counts', () => race(5));

  test('that all fetch the same text: one counts, and it is told once to each that looks', async () => {
    await using receiver = await Receiver.start();
    const away = await Away.at(receiver.url);
    await asked(away.channel());
    await away.channel().step();
    const answers = away.answers({ url: receiver.url });
    await away.set({ webhook: { url: receiver.url, tells: 'names' }, answers });
    receiver.reaction = say(away.person.answer(receiver.bodies[0] ?? '', 'approve'));
    away.clock.now += POLL_INTERVAL;
    const steps = await Promise.all(Array.from({ length: 50 }, () => away.channel().step()));
    const refusals = steps.flatMap(({ refused }) => refused.map(({ refusal }) => refusal));
    expect(refusals).toEqual(Array(49).fill('used'));
    expect((await away.channel().look()).ruled).toHaveLength(1);
  });
});

describe('workers that die', () => {
  test('at any write lose no question, post none that is not kept, and no answer counts twice', async () => {
    await using receiver = await Receiver.start();
    for (let writes = 0, died = true; died; writes++) {
      const away = await Away.at(receiver.url);
      receiver.received.length = 0;
      receiver.reaction = say(({ body }) => away.person.answer(body, 'approve'));
      const stores = mortal({ ...away.stores, session: new MemoryKeyValue() }, new Fuse(writes));
      const doomed = (await OpenVault.open(stores, bareKeys(), undefined)).vault;
      died = await ends(async () => {
        await asked(away.channel(doomed));
        await away.channel(doomed).step();
      });
      const kept = await listChallenges(await away.anotherWorker());
      const named = new Set(receiver.received.map(({ headers }) => headers.get('webhook-id')));
      expect([...named].filter((id) => !kept.some((challenge) => challenge.id === id))).toEqual([]);
      const successor = away.channel(await away.anotherWorker());
      await asked(successor);
      await successor.step();
      away.clock.now += PROBE_LEASE;
      const { ruled } = await successor.step();
      expect(ruled).toMatchObject([{ ruling: { decision: 'approve' } }]);
      expect(receiver.received.length).toBeGreaterThan(0);
      expect(receiver.received.length).toBeLessThanOrEqual(2);
      if (!died) expect(writes).toBeGreaterThan(3);
    }
  });
});

describe('the breaker of a webhook', () => {
  /** A vault whose webhook has failed so often that its breaker is open; it is the time at which a probe may go. */
  async function tripped(receiver: Receiver): Promise<Away> {
    const away = await Away.at(receiver.url);
    receiver.reaction = status(500);
    for (let i = 0; i < THRESHOLD; i++) await asked(away.channel(), { requestId: `failing-${i}` });
    await away.channel().step();
    expect(await readBreaker(away.vault)).toMatchObject({ state: 'open', until: NOON + COOL_DOWN });
    receiver.received.length = 0;
    return away;
  }

  test('keeps everything back while it is open, also after a restart', async () => {
    await using receiver = await Receiver.start();
    const away = await tripped(receiver);
    away.clock.now += COOL_DOWN - 1;
    const successor = away.channel(await away.anotherWorker());
    expect((await successor.step()).nextAt).toBe(NOON + COOL_DOWN);
    expect(receiver.received).toEqual([]);
  });

  test('gives a question up at once that ends before it may be sent', async () => {
    await using receiver = await Receiver.start();
    const away = await tripped(receiver);
    await asked(away.channel(), { requestId: 'short', endsAt: NOON + COOL_DOWN });
    await away.channel().step();
    expect((await deliveries(away.vault)).at(-1)).toEqual({ state: 'given_up', why: 'unreachable' });
    expect(receiver.received).toEqual([]);
  });

  test('lets one probe through of five questions and ten workers that all begin at once', async () => {
    await using receiver = await Receiver.start();
    const away = await tripped(receiver);
    away.clock.now += COOL_DOWN;
    const vaults = await Promise.all(Array.from({ length: 10 }, () => away.anotherWorker()));
    await Promise.all(vaults.map((vault) => away.channel(vault).step()));
    expect(receiver.received).toHaveLength(1);
    expect(await readBreaker(away.vault)).toMatchObject({ state: 'open', trips: 2 });
  });

  test('closes when the probe arrives, and all that waited goes', async () => {
    await using receiver = await Receiver.start();
    const away = await tripped(receiver);
    receiver.reaction = accept;
    away.clock.now += COOL_DOWN;
    await away.channel().step();
    expect(receiver.received).toHaveLength(1);
    away.clock.now += PROBE_LEASE;
    await away.channel().step();
    expect(receiver.received).toHaveLength(THRESHOLD);
    expect(new Set(receiver.received.map(({ headers }) => headers.get('webhook-id'))).size).toBe(THRESHOLD);
    expect(await readBreaker(away.vault)).toEqual({ state: 'closed', failures: 0 });
  });

  test('lets another probe go when the worker that sent one died', async () => {
    await using receiver = await Receiver.start();
    const away = await tripped(receiver);
    away.clock.now += COOL_DOWN;
    const never = away.channel(await away.anotherWorker(), { fetch: () => new Promise(() => undefined) });
    void never.step();
    await expect.poll(() => readBreaker(away.vault)).toMatchObject({ state: 'half_open' });
    await away.channel().step();
    expect(receiver.received).toEqual([]);
    away.clock.now += PROBE_LEASE;
    await away.channel().step();
    expect(receiver.received).toHaveLength(1);
  });

  test('is another one for another address, whatever the old one still says', async () => {
    await using receiver = await Receiver.start();
    const away = await tripped(receiver);
    const url = `${receiver.url}/new`;
    await away.set({ webhook: { url, tells: 'names' }, answers: away.answers() });
    expect(await readBreaker(away.vault)).toEqual({ state: 'closed', failures: 0 });
    receiver.reaction = accept;
    await asked(away.channel(), { requestId: 'new' });
    await away.channel().step();
    expect(receiver.received).toHaveLength(1);
    receiver.reaction = (response, received) =>
      void away
        .set({ webhook: { url: receiver.url, tells: 'names' }, answers: away.answers() })
        .then(() => status(410)(response, received));
    await asked(away.channel(), { requestId: 'newer' });
    await away.channel().step();
    expect(await readBreaker(away.vault)).toEqual({ state: 'closed', failures: 0 });
  });
});

/** Whether the worker died. */
async function ends(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if (error instanceof WorkerDied) return true;
    throw error;
  }
}
