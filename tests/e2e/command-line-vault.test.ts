import { readFile, writeFile } from 'node:fs/promises';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromBase64, toBase64 } from '../../lib/core/index.ts';
import { PIECE_LENGTH } from '../../lib/vault/index.ts';
import { BuiltCommand } from '../fixtures/built-command.ts';
import { CommandHome, PASSWORD as COMMAND_PASSWORD } from '../fixtures/command-home.ts';
import { type ExtensionBrowser, PASSWORD, askWallet, createVault, openBrowser } from './setup/harness.ts';

const PASSPHRASE = 'seven quiet lighthouses 19';

let command: BuiltCommand;
let opened: ExtensionBrowser;
let app: Page;

beforeAll(async () => {
  command = await BuiltCommand.build();
  opened = await openBrowser();
  app = await opened.openApp();
});

afterAll(async () => {
  await opened.close();
  await command.remove();
});

/** What is in the extension's vault, with what each says. */
async function inExtension() {
  const { attributes } = await askWallet(app, 'attributes.list', {});
  return attributes.map(({ label, tier, value }) => [label, tier, value]);
}

test('a vault of the extension opens on the command line, from its backup', async () => {
  await createVault(app);
  await askWallet(app, 'attributes.save', { label: 'City', type: 'text', value: 'Porto', tier: 1 });
  await askWallet(app, 'attributes.save', { label: 'Diary', type: 'text', value: 'Secret', tier: 2 });
  const { id, chunks } = await askWallet(app, 'backup.make', { passphrase: PASSPHRASE, tier3: true });
  const pieces: Uint8Array[] = [];
  for (let index = 0; index < chunks; index++) {
    pieces.push(fromBase64((await askWallet(app, 'backup.chunk', { id, index })).data));
  }
  const home = await CommandHome.make(command);
  await writeFile(home.file('from-extension'), Buffer.concat(pieces));
  const secrets = [
    ...['--passphrase-file', await home.writeSecret('passphrase', PASSPHRASE)],
    ...['--password-file', await home.writeSecret('theirs', PASSWORD)],
  ];
  const wrong = ['--passphrase-file', home.file('password'), '--password-file', home.file('theirs')];
  expect((await home.signet(['restore', home.file('from-extension'), ...wrong])).code).toBe(2);
  expect(await home.signet(['restore', home.file('from-extension'), ...secrets])).toMatchObject({ code: 0, err: '' });
  expect((await home.listed()).map(({ label, tier }) => [label, tier])).toEqual([
    ['City', 1],
    ['Diary', 2],
  ]);
  expect((await home.signet(['audit', '--verify'])).code).toBe(0);
  expect((await home.signet(['store', '--tier', '1', '--label', 'Street', '--value', 'Rua'])).code).toBe(0);
});

test('a vault of the command line opens in the extension, from its backup', async () => {
  const home = await CommandHome.withVault(command);
  await home.signet(['store', '--tier', '1', '--label', 'Email', '--value', 'ada@example.com']);
  await home.signet(['store', '--tier', '2', '--label', 'Note', '--value', 'For reasoning']);
  const gated = ['store', '--tier', '3', '--label', 'Blood type', '--compartment', 'health', '--value', 'AB'];
  await home.signet([...gated, ...home.password]);
  const passphrase = await home.writeSecret('passphrase', PASSPHRASE);
  const made = await home.signet(['backup', home.file('backup'), '--tier-3', '--passphrase-file', passphrase]);
  expect(made).toMatchObject({ code: 0, err: '' });
  const file = await readFile(home.file('backup'));
  const { id } = await askWallet(app, 'restore.begin', { bytes: file.length });
  for (let index = 0; index * PIECE_LENGTH < file.length; index++) {
    const data = toBase64(file.subarray(index * PIECE_LENGTH, (index + 1) * PIECE_LENGTH));
    await askWallet(app, 'restore.chunk', { id, index, data });
  }
  const opener = { password: COMMAND_PASSWORD };
  const report = await askWallet(app, 'restore.commit', { id, passphrase: PASSPHRASE, opener, eraseExisting: true });
  expect(report.records).toBeGreaterThan(3);
  expect(await inExtension()).toEqual([
    ['Email', 1, 'ada@example.com'],
    ['Note', 2, 'For reasoning'],
    ['Blood type', 3, undefined],
  ]);
  expect((await askWallet(app, 'wallet.status', {})).vault).toBe('unlocked');
});
