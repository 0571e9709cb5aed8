import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { EXTENSION_ID, type ExtensionBrowser, openBrowser, serve, type TestServer } from './setup/harness.ts';

describe('the manifest', () => {
  let manifest: chrome.runtime.ManifestV3;

  beforeAll(async () => {
    // Written by our own build a moment ago.
    manifest = JSON.parse(await readFile(join(inject('extensionPath'), 'manifest.json'), 'utf8')) as typeof manifest;
  });

  test('asks for the permissions of the design and no other', () => {
    expect(manifest.permissions).toEqual(['storage', 'unlimitedStorage', 'alarms', 'idle', 'offscreen', 'identity']);
    expect(manifest.optional_permissions).toEqual(['nativeMessaging', 'notifications']);
  });

  test('asks for no host and lets no page or extension connect', () => {
    expect(manifest).not.toHaveProperty('host_permissions');
    expect(manifest).not.toHaveProperty('optional_host_permissions');
    expect(manifest).not.toHaveProperty('externally_connectable');
    expect(manifest).not.toHaveProperty('web_accessible_resources');
  });

  test('stays out of incognito windows and of browsers that are too old', () => {
    expect(manifest.incognito).toBe('not_allowed');
    expect(manifest.minimum_chrome_version).toBe('137');
  });

  test('gives pages that can hold keys no script but ours, no eval, no wasm, no frame around them', () => {
    const policy = policyOf(manifest.content_security_policy?.extension_pages);
    expect(policy.get('default-src')).toBe("'none'");
    expect(policy.get('script-src')).toBe("'self'");
    expect(policy.get('frame-ancestors')).toBe("'none'");
    expect(policy.get('require-trusted-types-for')).toBe("'script'");
    expect(policy.get('trusted-types')).toBe("'none'");
    expect([...policy.values()].join(' ')).not.toContain('unsafe');
  });

  test('gives the prover wasm and nothing else: no eval, no network', () => {
    const policy = policyOf(manifest.content_security_policy?.sandbox);
    expect(policy.get('sandbox')).toBe('allow-scripts');
    expect(policy.get('default-src')).toBe("'none'");
    expect(policy.get('script-src')).toBe("'self' 'wasm-unsafe-eval'");
    expect(policy.has('connect-src')).toBe(false);
  });

  test('puts provider and relay into top documents of https and of this machine alone', () => {
    const matches = ['https://*/*', 'http://localhost/*', 'http://127.0.0.1/*', 'http://[::1]/*'];
    const common = { matches, run_at: 'document_start', all_frames: false };
    expect(manifest.content_scripts).toEqual([
      { ...common, js: ['relay.js'] },
      { ...common, js: ['provider.js'], world: 'MAIN' },
    ]);
  });
});

describe('the built extension', () => {
  let opened: ExtensionBrowser;
  let server: TestServer;

  beforeAll(async () => {
    server = await serve({ '/': '<!doctype html><title>A page</title>' });
    opened = await openBrowser();
  });

  afterAll(async () => {
    await opened.close();
    await server.close();
  });

  test('loads under its fixed id', async () => {
    const worker = await opened.workerTarget();
    expect(new URL(worker.url()).host).toBe(EXTENSION_ID);
  });

  test('is not woken by a page that loads', async () => {
    await opened.killWorker();
    const woken: string[] = [];
    opened.browser.on('targetcreated', (target) => woken.push(target.type()));

    const page = await opened.browser.newPage();
    await page.goto(server.origin());
    expect(await page.evaluate(() => typeof window.signet)).toBe('object');
    await page.reload();
    await page.close();

    expect(opened.isWorkerRunning()).toBe(false);
    expect(woken).not.toContain('service_worker');
  });
});

function policyOf(text: string | undefined): ReadonlyMap<string, string> {
  const directives = (text ?? '').split(';').map((directive) => directive.trim());
  return new Map(
    directives.map((directive) => [directive.split(' ')[0] ?? '', directive.split(' ').slice(1).join(' ')]),
  );
}
