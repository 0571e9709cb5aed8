import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The command line as one file that needs nothing but Node. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  logLevel: 'warn',
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: 'host/signet.ts',
    outDir: 'dist/host',
    target: 'node20',
    emptyOutDir: true,
  },
});
