import type { BbsSuite, BbsSuiteName } from './suite.ts';

/**
 * Loads a suite with its library, and no other: `bbs` is pure JavaScript; `bbs+` is half a megabyte of wasm, which
 * needs a page whose policy allows `wasm-unsafe-eval`.
 * @throws SignetError internal where other code has used the library of `bbs+` before in a way that makes it unsafe
 */
export async function loadSuite(name: BbsSuiteName): Promise<BbsSuite> {
  switch (name) {
    case 'bbs':
      return (await import('./ietf-suite.ts')).ietfSuite;
    case 'bbs+':
      return (await import('./legacy-suite.ts')).loadLegacySuite();
  }
}
