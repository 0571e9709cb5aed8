import { defineConfig } from 'vitest/config';
import { LongFirst } from './tools/long-first.ts';

const project = (name: string, include: string | string[], rest: object = {}) => ({
  extends: true as const,
  test: { name, include: [include].flat(), ...rest },
});

/** Other people's software before the built extension in a real browser. */
const IN_BROWSER = 'tests/interop/browser/**/*.test.ts';

/** The built command as processes: a start of one costs what a hundred other tests do. */
const OF_COMMAND = 'tests/interop/command/**/*.test.ts';

/**
 * Files share a worker, and with it what they import: loading it anew for each of three hundred files took more than all
 * of their tests. No module keeps state (a rule of the house), so no file sees another.
 */
const IN_NODE = { isolate: false, maxWorkers: 2, testTimeout: 60_000, hookTimeout: 60_000 } as const;

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    setupFiles: ['tools/property-seed.ts'],
    sequence: { sequencer: LongFirst },
    projects: [
      project('unit', 'tests/unit/**/*.test.{ts,tsx}', {
        ...IN_NODE,
        setupFiles: ['tests/fixtures/argon2-of-node.ts'],
      }),
      project('conformance', 'tests/conformance/**/*.test.ts', IN_NODE),
      project('interop', 'tests/interop/**/*.test.ts', { ...IN_NODE, exclude: [IN_BROWSER, OF_COMMAND] }),
      project('command', OF_COMMAND, IN_NODE),
      project('e2e', ['tests/e2e/**/*.test.ts', IN_BROWSER], {
        testTimeout: 120_000,
        // A browser on a busy machine misses a moment now and then: the report says which tests took another try.
        retry: 2,
        hookTimeout: 120_000,
        expect: { poll: { timeout: 30_000 } },
        // One browser, with its processes, keeps two cores busy: two at a time take as long, and miss more moments.
        fileParallelism: false,
        globalSetup: ['tests/e2e/setup/browser.ts'],
      }),
    ],
  },
});
