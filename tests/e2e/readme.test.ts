import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startIssuer } from '../../demo/issuer/server.ts';
import { readmeExample } from '../fixtures/readme.ts';
import { acceptLicence, approve, createVault, deny, withBrowser } from './setup/harness.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test("README's server and page let in who proves it with Signet, and nobody who says no", async () => {
  await using issuer = await runIssuer();
  await using shop = await runExample(issuer);
  await withBrowser(async (opened) => {
    const app = await opened.openApp();
    await createVault(app);
    await acceptLicence(opened, issuer);

    const page = await opened.browser.newPage();
    await page.goto(shop.origin);
    const says = async (words: string): Promise<void> => {
      await page.waitForFunction((wanted) => document.querySelector('output')?.value === wanted, {}, words);
    };

    const first = opened.nextConsent();
    await page.click('button');
    await approve(await first);
    await says('Welcome.');

    const second = opened.nextConsent();
    await page.click('button');
    await deny(await second);
    await page.waitForFunction(() => document.querySelector('output')?.value !== 'Welcome.');
    expect(await page.$eval('output', (output) => output.value)).not.toBe('');
  });
});

async function runIssuer() {
  const issuer = await startIssuer();
  return { ...issuer, [Symbol.asyncDispose]: () => issuer.close() };
}

/** The files of the README in a folder of their own, where `signet` is this repository, unbuilt. */
async function runExample(issuer: { readonly origin: string; readonly licenceType: string }) {
  const folder = await mkdtemp(join(tmpdir(), 'signet-readme-'));
  for (const [name, content] of await readmeExample('Accept Signet')) await writeFile(join(folder, name), content);
  await mkdir(join(folder, 'node_modules'));
  await symlink(ROOT, join(folder, 'node_modules/signet'), 'dir');

  const metadata = (await (await fetch(`${issuer.origin}/.well-known/jwt-vc-issuer`)).json()) as { jwks: object }; // SD-JWT VC §5
  const trusted = { issuer: issuer.origin, types: [issuer.licenceType], jwks: metadata.jwks };
  await writeFile(join(folder, 'issuers.json'), JSON.stringify([trusted]));

  const origin = `http://localhost:${await freePort()}`;
  const server = spawn(process.execPath, ['--conditions=signet-source', 'server.mjs'], {
    cwd: folder,
    env: { ...process.env, ORIGIN: origin },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await expect
    .poll(
      () =>
        fetch(origin).then(
          ({ ok }) => ok,
          () => false,
        ),
      { timeout: 20_000 },
    )
    .toBe(true);
  return {
    origin,
    [Symbol.asyncDispose]: async () => {
      server.kill();
      await rm(folder, { recursive: true });
    },
  };
}

/** A port that was free a moment ago: the example takes its port from the origin it is told. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0);
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo; // a server that listens on TCP has one of this kind
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
