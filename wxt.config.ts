import type { Plugin } from 'vite';
import { defineConfig } from 'wxt';
import { EXTENSION_KEY } from './lib/agents/index.ts';

/** Documents that get `window.signet`: https, and http on this machine (design §3, rule 3). */
const PAGES = ['https://*/*', 'http://localhost/*', 'http://127.0.0.1/*', 'http://[::1]/*'];

/**
 * Pages that can hold keys: no script but ours, no eval, no wasm, no string ever becomes script or markup.
 * `connect-src` is for the worker's fetches to an issuer the person chose; each page narrows it to 'none' itself. CSP
 * has no way to name [::1], so an issuer there cannot be reached.
 */
const EXTENSION_PAGES_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  'connect-src https: http://localhost:* http://127.0.0.1:*',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** The prover's sandbox alone may run wasm, and has no network (design §3, rule 10). */
const SANDBOX_CSP = "sandbox allow-scripts; default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

const KEYBOARDS_APART = { codeSplitting: { groups: [{ name: 'keyboards', test: /adjacencyGraphs/ }] } };
const PROVER_APART = { entryFileNames: 'prover/[name]-[hash].js', chunkFileNames: 'prover/[name]-[hash].js' };

/** What WXT calls the module that starts an unlisted script; the script's path follows. */
const SCRIPT_START = '\0virtual:wxt-unlisted-script-entrypoint?';

/**
 * Starts provider and relay by a call. WXT's own start brings plugins and a logger, 470 bytes that every page would
 * read and compile twice.
 */
const startPlainly: Plugin = {
  name: 'signet:start-plainly',
  load: {
    order: 'pre',
    handler: (id) =>
      id.startsWith(SCRIPT_START)
        ? `import script from ${JSON.stringify(id.slice(SCRIPT_START.length))}; script.main();`
        : undefined,
  },
};

// `identity` is for signing in at an issuer in the browser's own window; without e-mail it warns of nothing.
const PERMISSIONS = ['storage', 'unlimitedStorage', 'alarms', 'idle', 'offscreen', 'identity'];
/** Asked for when the person connects an agent, and when they want to be told of requests. */
const OPTIONAL = ['nativeMessaging', 'notifications'];

/** The browser asks for a permission in a window that no test can press: the build for tests has them from the start. */
function permissionsFor(mode: string): { permissions: string[]; optional_permissions: string[] } {
  if (mode !== 'e2e') return { permissions: PERMISSIONS, optional_permissions: OPTIONAL };
  return { permissions: [...PERMISSIONS, ...OPTIONAL], optional_permissions: [] };
}

export default defineConfig({
  srcDir: '.',
  entrypointsDir: 'entrypoints',
  publicDir: 'public',
  outDir: 'dist/extension',
  outDirTemplate: '{{browser}}-mv{{manifestVersion}}{{modeSuffix}}',
  manifestVersion: 3,
  imports: false,
  vite: () => ({
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: { target: 'chrome137', modulePreload: false },
    plugins: [startPlainly],
  }),
  manifest: ({ mode }) => ({
    key: EXTENSION_KEY,
    name: '__MSG_extension_name__',
    short_name: 'Signet',
    description: '__MSG_extension_description__',
    default_locale: 'en',
    minimum_chrome_version: '137',
    incognito: 'not_allowed',
    ...permissionsFor(mode),
    content_security_policy: { extension_pages: EXTENSION_PAGES_CSP, sandbox: SANDBOX_CSP },
    icons: { 16: 'icons/open-16.png', 32: 'icons/open-32.png', 48: 'icons/open-48.png', 128: 'icons/open-128.png' },
    action: {
      default_title: 'Signet',
      default_icon: { 16: 'icons/locked-16.png', 32: 'icons/locked-32.png' },
    },
  }),
  hooks: {
    /**
     * Keyboard layouts are no part of the password dictionary, whose size is watched. What only the prover's sandbox
     * loads lies in a folder of its own. Only pages are built in chunks.
     */
    'vite:build:extendConfig': (entrypoints, config) => {
      const isFor = (page: string): boolean => entrypoints.some(({ name }) => name === page);
      const output = isFor('app') ? KEYBOARDS_APART : isFor('prover') ? PROVER_APART : undefined;
      if (output === undefined) return;
      config.build = { ...config.build, rolldownOptions: { ...config.build?.rolldownOptions, output } };
    },
    /** Provider and relay are plain scripts: WXT's content-script wrapper costs more than they weigh. */
    'build:manifestGenerated': (_wxt, manifest: { content_scripts?: object[] }) => {
      const common = { matches: PAGES, run_at: 'document_start', all_frames: false } as const;
      manifest.content_scripts = [
        { ...common, js: ['relay.js'] },
        { ...common, js: ['provider.js'], world: 'MAIN' },
      ];
    },
  },
});
