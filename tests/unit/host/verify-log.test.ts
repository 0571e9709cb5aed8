import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatVerifierKey } from '../../../lib/audit/verifying/index.ts';
import { SignedLog, keyOf } from '../../fixtures/audit/signed-log.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const log = new SignedLog(20);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signet-host-'));
  await build({ configFile: join(ROOT, 'host/vite.config.ts'), build: { outDir: join(folder, 'dist') } });
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the built command line, as npm's link to it does. */
function signet(args: readonly string[], input: string | Uint8Array = ''): Promise<Ran> {
  const child = spawn(process.execPath, [join(folder, 'dist/signet.js'), ...args], { cwd: folder });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.on('error', ignoreBrokenPipe);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() });
    });
  });
}

/** A command that ended without reading its input has said what it had to say. */
function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

async function fileOf(content: string | Uint8Array, name = 'log.jsonl'): Promise<string> {
  await writeFile(join(folder, name), content);
  return name;
}

describe('signet verify-log', () => {
  test('says of a good export what it shows and what it does not', async () => {
    const { code, out, err } = await signet(['verify-log', await fileOf(log.export())]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Consistent: entries 0 to 19');
    expect(out).toContain('Not proven: that the log is complete');
    expect(out).toContain(formatVerifierKey(log.key));
    expect(out).toContain('Not proven: whose key that is');
  });

  test('reads standard input', async () => {
    expect(await signet(['verify-log', '-'], log.export())).toMatchObject({ code: 0 });
  });

  test('says of a good proof what the entry is', async () => {
    const { code, out } = await signet(['verify-log', await fileOf(await log.proof(7), 'entry.tlog-proof')]);
    expect(code).toBe(0);
    expect(out).toContain('Included: entry 7 is in the log of 20 entries');
    expect(out).toContain('proof.allowed · https://2.example · age_over_21 · PERMIT');
  });

  test('names the first bad entry and what is wrong with it', async () => {
    const lines = log.lines();
    const edited = log.export().replace('https://3.example', 'https://4.example');
    const gap = lines.filter((_, i) => i !== 5 && i !== 6).join('\n') + '\n';
    const cut = [...lines.slice(0, 15), lines.at(-1)].join('\n') + '\n';
    expect(await signet(['verify-log', '-'], edited)).toMatchObject({
      code: 1,
      out: expect.stringContaining('Bad: entry 3, edited.') as string,
    });
    expect(await signet(['verify-log', '-'], gap)).toMatchObject({
      code: 1,
      out: expect.stringContaining('Bad: entry 5, gap.') as string,
    });
    expect(await signet(['verify-log', '-'], cut)).toMatchObject({
      code: 1,
      out: expect.stringContaining('Bad: entry 15, truncated.') as string,
    });
  });

  test('takes no byte that is no text, and no mark before the text', async () => {
    const bytes = Buffer.from(log.export().replaceAll('https://0.example', 'https://\ufffd.example'));
    const at = bytes.indexOf(Buffer.from('\ufffd'));
    const broken = Buffer.concat([bytes.subarray(0, at), Buffer.of(0xff), bytes.subarray(at + 3)]);
    expect(await signet(['verify-log', '-'], broken)).toMatchObject({ code: 1 });
    expect(await signet(['verify-log', '-'], `\ufeff${log.export()}`)).toMatchObject({ code: 1 });
  });

  test('draws no control character from a file on the terminal', async () => {
    const nasty = new SignedLog(1);
    nasty.add({ subject: '\u001b[2Jgotcha' });
    const { out } = await signet(['verify-log', '-'], await nasty.proof(1));
    expect(out).toContain('gotcha');
    expect(out).not.toContain('\u001b');
  });

  test('holds the log against an earlier checkpoint, whatever file that comes in', async () => {
    const earlier = [
      await fileOf(log.checkpoint(9), 'checkpoint.txt'),
      await fileOf(log.export(), 'earlier.jsonl'),
      await fileOf(await log.proof(2), 'earlier.tlog-proof'),
    ];
    for (const file of earlier) {
      const { code, out } = await signet(['verify-log', '-', '--against', file], log.export());
      expect({ code, consistent: out.includes('Consistent with the earlier checkpoint') }).toEqual({
        code: 0,
        consistent: true,
      });
    }
  });

  test('sees a log put back to an older state', async () => {
    const file = await fileOf(log.checkpoint(), 'newer.txt');
    const { code, out } = await signet(['verify-log', '-', '--against', file], new SignedLog(12).export());
    expect(code).toBe(1);
    expect(out).toContain('Bad: entry 12, rolled back.');
  });

  test('calls it no success when a checkpoint cannot be compared', async () => {
    const file = await fileOf(log.checkpoint(3), 'other-size.txt');
    const { code, out } = await signet(['verify-log', '-', '--against', file], await log.proof(7));
    expect(code).toBe(1);
    expect(out).toContain('Cannot be compared');
  });

  test('takes the key of the log, and no other', async () => {
    const [own, other] = [formatVerifierKey(log.key), formatVerifierKey(keyOf(3).key)];
    const good = await signet(['verify-log', '--key', own, '-'], log.export());
    expect(good).toMatchObject({ code: 0, out: expect.stringContaining('the key that was given') as string });
    expect(await signet(['verify-log', '--key', other, '-'], log.export())).toMatchObject({ code: 1 });
  });

  test.each([
    ['nothing', []],
    ['an unknown command', ['verify']],
    ['no file', ['verify-log']],
    ['two files', ['verify-log', 'a', 'b']],
    ['an unknown option', ['verify-log', '-', '--trust', 'me']],
    ['an option without its value', ['verify-log', '-', '--key']],
    ['an option twice', ['verify-log', '-', '--key', 'a', '--key', 'b']],
    ['both files from standard input', ['verify-log', '-', '--against', '-']],
    ['a file that is not there', ['verify-log', 'nowhere.jsonl']],
    ['a key that is none', ['verify-log', '-', '--key', 'mine']],
    ['a checkpoint that is not there', ['verify-log', '-', '--against', 'nowhere.txt']],
  ])('given %s, says how it is used or what is missing, and exits with 2', async (_, args) => {
    const { code, out, err } = await signet(args, log.export());
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
  });

  test('says how it is used when asked', async () => {
    expect(await signet(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('Usage') as string });
    expect(await signet(['verify-log', '--help'])).toMatchObject({ code: 0 });
  });
});
