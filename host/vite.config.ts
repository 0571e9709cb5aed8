import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { defineConfig } from 'vite';

/** What a hook needs before each call of a tool, and nothing more: most of its time is reading code. */
const HOOK = /\/host\/(?:commands\/eval|commands|crash)\.ts$|rolldown\/runtime/;
/** What reads a policy file, where there is one. */
const POLICY_FILE = /\/lib\/tool-policy\/reading\/index\.ts$/;
/** What runs a check, where a rule hangs on one. */
const CHECK = /\/host\/run-check\.ts$/;
/** What judges a password, where one is chosen. */
const DICTIONARY = /\/node_modules\/@zxcvbn-ts\//;

/** What agents are served with: it has a protocol's whole library, which no other command needs. */
const BRIDGE = /\/host\/(?:agents\/|commands\/(?:serve|native-host|install|pair|uninstall)\.ts$)/;
/** What nearly all need, and what the bridge shares with other commands: loading one must not load the other. */
const CORE =
  /\/lib\/core\/[\w-]+\.ts$|\/node_modules\/(?:valibot|@noble\/hashes)\/(?:dist\/|(?:sha2|hmac|utils)\.js)|@oxc-project/;
const SHARED =
  /\/node_modules\/@noble\/curves\/ed25519\.js$|\/lib\/provider\/version\.ts$|\/host\/(?:printable|keeping\/write-whole)\.ts$/;

/**
 * The package says that its files are modules. These are scripts: Node starts them sooner, and loads of its own only what
 * they use.
 */
const saysScripts: Plugin = {
  name: 'says-scripts',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' });
  },
};

/** The command line, as a few files that need nothing but Node. What they hold runs when it is needed. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  logLevel: 'warn',
  publicDir: false,
  plugins: [saysScripts],
  resolve: {
    alias: {
      '@modelcontextprotocol/server/_shims': fileURLToPath(new URL('agents/mcp-shims.ts', import.meta.url)),
    },
  },
  // Libraries as modules, without what only Node's older ones need. An operator's own Redis client is looked for beside us.
  ssr: { noExternal: true, external: ['ioredis'], resolve: { conditions: ['module', 'import', 'default'] } },
  build: {
    ssr: 'host/signet.ts',
    outDir: 'dist/host',
    target: 'node20',
    rolldownOptions: {
      output: {
        format: 'cjs',
        entryFileNames: 'signet.js',
        chunkFileNames: 'signet-[name].js',
        codeSplitting: {
          groups: [
            { name: 'hook', test: HOOK, priority: 4 },
            { name: 'core', test: CORE, priority: 3.5 },
            { name: 'policy-file', test: POLICY_FILE, priority: 3 },
            { name: 'check', test: CHECK, priority: 2 },
            { name: 'dictionary', test: DICTIONARY, priority: 2 },
            { name: 'shared', test: SHARED, priority: 1.6 },
            { name: 'bridge', test: BRIDGE, priority: 1.4 },
            { name: 'commands', test: (id) => !id.endsWith('/host/signet.ts'), priority: 1 },
          ],
        },
      },
    },
    emptyOutDir: true,
    minify: true,
  },
});
