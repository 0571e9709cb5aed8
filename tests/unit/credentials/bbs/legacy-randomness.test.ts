import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { loadSuite } from '../../../../lib/credentials/bbs/index.ts';

const run = promisify(execFile);
const lib = (path: string): string => new URL(`../../../../lib/${path}`, import.meta.url).href;

/** A process of its own that makes one proof: what it draws is all that can differ. */
const PROOF = `
  const { loadSuite } = await import(${JSON.stringify(lib('credentials/bbs/index.ts'))});
  const { SecretBytes } = await import(${JSON.stringify(lib('core/index.ts'))});
  const suite = await loadSuite('bbs+');
  const { publicKey, secretKey } = await suite.generateKeyPair(SecretBytes.take(new Uint8Array(32).fill(1)));
  const signed = { header: new Uint8Array([1]), messages: [new Uint8Array([2])] };
  const signature = await suite.sign({ publicKey, secretKey }, signed);
  process.stdout.write(Buffer.from(signature).toString('hex'));
`;

/** The same as the package does it by itself. */
const ALONE = `
  const library = (await import('@mattrglobal/bbs-signatures/lib/wasm_module.js')).default;
  const keyPair = await library.generateBls12381G2KeyPair(new Uint8Array(32).fill(1));
  const signature = await library.blsSign({ keyPair, messages: [new Uint8Array([1]), new Uint8Array([2])] });
  process.stdout.write(Buffer.from(signature).toString('hex'));
`;

const inProcess = async (script: string): Promise<string> =>
  (await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: process.cwd() })).stdout;

test('the library of legacy BBS+ has no randomness in Node when left alone: two processes draw the same', async () => {
  expect(await inProcess(ALONE)).toBe(await inProcess(ALONE));
});

test('with us it has: two processes draw different numbers', async () => {
  expect(await inProcess(PROOF)).not.toBe(await inProcess(PROOF));
});

test('a library that other code has used without randomness is refused', async () => {
  const script = `${ALONE}
    const { loadSuite } = await import(${JSON.stringify(lib('credentials/bbs/index.ts'))});
    await loadSuite('bbs+').catch((error) => process.stdout.write(' ' + error.name));
  `;
  expect(await inProcess(script)).toMatch(/ SignetError$/);
});

test('loading the suite leaves no global behind', async () => {
  const before = Object.getOwnPropertyNames(globalThis).sort();
  await loadSuite('bbs+');
  expect(Object.getOwnPropertyNames(globalThis).sort()).toEqual(before);
});
