import { describe, expect, test } from 'vitest';
import { toBase64, toBase64url, toHex } from '../../../lib/core/index.ts';
import type { VaultKeys } from '../../../lib/vault/index.ts';
import { deriveVaultKeys, rootOfPhrase } from '../../../lib/vault/keys/key-tree.ts';
import { entropyOfPhrase } from '../../../lib/vault/keys/phrase.ts';
import { MARK, Machine, PASSWORD, dumpText, byPassword } from '../../fixtures/vault/machine.ts';

const LABEL = 'Grandmother’s maiden name';
const VALUE = 'Quillfeather-Ashdown';

async function filledMachine() {
  const machine = new Machine();
  const worker = machine.worker();
  const { words } = await worker.create({ password: PASSWORD, mark: MARK });
  const attributes = machine.attributes(await worker.open());
  await attributes.add({ label: LABEL, type: 'text', value: VALUE, tier: 1 });
  await attributes.add({ label: `${LABEL} 2`, type: 'text', value: `${VALUE} 2`, tier: 2 });
  await worker.unlock(byPassword('wrong password')).catch(() => undefined);
  return { machine, worker, words };
}

/** Every spelling in which a secret's bytes could stand in a dump. */
const spellings = (bytes: Uint8Array): string[] => [
  Buffer.from(bytes).toString('latin1'),
  toHex(bytes),
  toBase64(bytes),
  toBase64url(bytes),
];

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

describe('a dump of all that is stored', () => {
  test('holds no password, phrase, label, value or key, unlocked or locked', async () => {
    const { machine, worker, words } = await filledMachine();
    const entropy = entropyOfPhrase(words.join(' '));
    const root = await rootOfPhrase(words.join(' '));
    const keys: Partial<VaultKeys> = deriveVaultKeys(root);
    const { tier2 } = (await worker.open()).keys;
    const secrets = [
      ...[PASSWORD, 'wrong password', LABEL, VALUE, words.join(' '), words.slice(0, 2).join(' ')].map(latin1),
      ...[entropy, root, keys.sealing, keys.addressing, keys.identity, keys.audit, tier2].flatMap((key) =>
        key === undefined ? [] : spellings(key.expose()),
      ),
      ...['data/attribute', 'sys/audit', 'attribute.added', 'vault.unlock_failed'],
    ];
    const unlocked = await dumpText(machine);
    await worker.lock('person');
    const locked = await dumpText(machine);
    for (const [i, dump] of [unlocked, locked].entries()) {
      expect(dump.length).toBeGreaterThan(20_000);
      for (const secret of secrets)
        expect(dump.includes(secret), `secret ${secrets.indexOf(secret)} in dump ${i}`).toBe(false);
    }
  });

  test('does hold what is meant to be there: the search finds what it looks for', async () => {
    const { machine } = await filledMachine();
    const dump = await dumpText(machine);
    expect(dump).toContain('argon2id');
    expect(dump).toContain(MARK.shape);
  });

  test('while locked has nothing in storage.session that the session’s blob would open with', async () => {
    const { machine, worker } = await filledMachine();
    await worker.lock('person');
    expect(machine.session.dump().has('session')).toBe(false);
    expect(await machine.backend.get('meta', 'session')).toBeUndefined();
    expect(await machine.worker().state()).toBe('locked');
  });

  test('has rows of one length alone, and nothing of a change but that some went and some came', async () => {
    const { machine, worker } = await filledMachine();
    const attributes = machine.attributes(await worker.open());
    const { id } = await attributes.add({ label: 'x', type: 'text', value: 'y', tier: 1 });
    const before = await machine.backend.entries('records');
    await attributes.change(id, { label: 'a longer name', type: 'text', value: 'a much longer value', tier: 2 });
    const after = await machine.backend.entries('records');
    expect(new Set([...before, ...after].map(([, row]) => row.length))).toEqual(new Set([1280]));
    const stayed = new Map(before.map(([key, row]) => [toHex(key), toHex(row)]));
    for (const [key, row] of after) expect([undefined, toHex(row)]).toContain(stayed.get(toHex(key)));
  });
});
