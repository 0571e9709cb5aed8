import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The command line as one file that needs nothing but Node. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  logLevel: 'warn',
  publicDir: false,
  // Libraries as modules, without what only Node's older ones need. An operator's own Redis client is looked for beside us.
  ssr: { noExternal: true, external: ['ioredis'], resolve: { conditions: ['module', 'import', 'default'] } },
  build: {
    ssr: 'host/signet.ts',
    outDir: 'dist/host',
    target: 'node20',
    // One file still: what a command imports runs when the command is loaded.
    rolldownOptions: { output: { codeSplitting: false } },
    emptyOutDir: true,
    minify: true,
  },
});
