import { describe, expect, test } from 'vitest';
import { filesIn, libFolder, type Source, sourcesIn } from './sources.ts';

/** Which folders of lib each may import (design §2): imports point one way. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  core: [],
  provider: ['core'],
  vault: ['core'],
  // The door to the browser implements the stores that vault states.
  platform: ['core', 'vault'],
  // The worker pays for its client at every start: no vault, no curve, no browser.
  prover: ['core'],
  audit: ['core', 'vault'],
  attributes: ['core', 'vault', 'audit'],
  credentials: ['core', 'vault', 'audit', 'provider'],
  proofs: ['core', 'vault', 'audit', 'credentials', 'provider'],
  policy: ['core', 'vault', 'audit', 'credentials', 'proofs', 'provider'],
  // The command line decides with it, and a page of the demo: no vault, no extension.
  'tool-policy': ['core', 'policy'],
  // Both ends of an agent's connection speak with it: the command line and the wallet.
  agents: ['core'],
  notify: ['core', 'vault'],
  // A service decides with it: no vault, no wallet.
  spl: ['core'],
  // What a merchant checks with has no vault: `tests/unit/capabilities/reach`.
  capabilities: ['core', 'vault', 'credentials', 'spl'],
  protocols: ['core', 'vault', 'audit', 'credentials', 'proofs', 'provider'],
  requests: ['core', 'vault', 'provider'],
  messaging: ['core', 'platform', 'policy', 'provider', 'requests'],
  wallet: [
    ...['core', 'vault', 'audit', 'attributes', 'credentials', 'proofs', 'policy', 'protocols'],
    ...['capabilities', 'provider', 'requests', 'messaging', 'platform', 'prover', 'agents', 'notify'],
  ],
  sdk: ['core', 'spl', 'capabilities', 'credentials', 'proofs', 'protocols', 'provider'],
};

/** Files that others may import past their folder's index, and why. */
const OPEN_FILES: Readonly<Record<string, string>> = {
  'lib/provider/types.ts': 'types alone; the index also has code that runs in the page',
  'lib/provider/request-schema.ts': 'the worker checks with it what the page sent, without the page code',
  'lib/provider/digital.ts': 'likewise: what the Digital Credentials API says',
  'lib/provider/digital-schema.ts': 'likewise: the worker checks with it',
  'lib/provider/call-channel.ts': 'the two ends of it are scripts that every page pays for',
  'lib/provider/install-provider.ts': 'the script that every page pays for',
  'lib/messaging/page-relay.ts': 'the script that every page pays for',
  'lib/messaging/page-hub.ts': 'the worker alone; in the index every screen of ours would carry it',
  'lib/messaging/own-router.ts': 'the worker alone; in the index every screen of ours would carry it',
  'lib/policy/engine/index.ts': 'pure: screens and the command line decide with it where there is no vault',
  'lib/tool-policy/reading/index.ts': 'brings the YAML reader: a hook without a policy file does not pay for it',
  'lib/credentials/bbs/index.ts': 'brings libraries of its own: only what makes or reads BBS proofs pays for them',
  'lib/credentials/verifying/index.ts': 'the verifying half: keys and signed JSON, without a vault',
  'lib/messaging/contract.ts': 'types alone; the index also has code that needs the browser',
  'lib/core/merkle/index.ts': 'brings a hash: in the index every script in a page would have it to shake off',
  'lib/credentials/commitment/index.ts':
    'core and noble alone: proofs and the sandbox compute with it, without a vault',
  'lib/proofs/range/index.ts': 'likewise: the sandbox proves with it; in the index the worker would carry the curve',
};

const lib = sourcesIn('lib');
const everything = sourcesIn('lib', 'entrypoints', 'components');
const bySource = new Map(everything.map((source) => [source.path, source]));

describe('lib', () => {
  test('has no folder that the layout does not know', () => {
    const folders = new Set(lib.map(({ path }) => libFolder(path)));
    expect([...folders].filter((folder) => folder === undefined || !(folder in BELOW))).toEqual([]);
  });

  test('imports only from folders below', () => {
    const wrong = edges(lib).filter(({ from, to }) => {
      // The catalogue of texts is imported for its type alone.
      if (to.startsWith('public/_locales/')) return false;
      const [own, other] = [libFolder(from), libFolder(to)];
      return other === undefined || (own !== other && !(BELOW[own ?? ''] ?? []).includes(other));
    });
    expect(wrong.map(show)).toEqual([]);
  });

  test('has an index in each folder', () => {
    const folders = new Set(lib.map(({ path }) => libFolder(path)));
    const missing = [...folders].filter((folder) => !bySource.has(`lib/${folder ?? ''}/index.ts`));
    expect(missing).toEqual([]);
  });

  test('is entered through the index of a folder', () => {
    const wrong = edges(everything).filter(({ from, to }) => {
      const folder = libFolder(to);
      if (folder === undefined || folder === libFolder(from)) return false;
      // The SDK takes the verifying halves of folders file by file, so that a service installs no wallet.
      if (libFolder(from) === 'sdk') return false;
      return to !== `lib/${folder}/index.ts` && !(to in OPEN_FILES);
    });
    expect(wrong.map(show)).toEqual([]);
  });

  test('has no import of a file that is not there', () => {
    expect(
      edges(everything)
        .filter(({ to }) => /\.tsx?$/.test(to) && !bySource.has(to))
        .map(show),
    ).toEqual([]);
  });

  test('never runs in a circle of files', () => {
    expect(circles(lib)).toEqual([]);
  });
});

describe('the SDK', () => {
  test('reaches neither the vault nor the browser, by any number of steps', () => {
    const reached = closure('lib/sdk/index.ts');
    expect(reached.filter((path) => ['vault', 'platform', 'wallet'].includes(libFolder(path) ?? ''))).toEqual([]);
  });
});

describe('extension APIs', () => {
  test('are imported in lib/platform alone', () => {
    const wrong = everything.filter(
      ({ path, imports }) =>
        libFolder(path) !== 'platform' && imports.some(({ specifier }) => specifier === 'webextension-polyfill'),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('are named nowhere else in lib but in provider and relay, where each byte is paid on every page', () => {
    const wrong = lib.filter(
      ({ path, code }) =>
        !['platform', 'provider'].includes(libFolder(path) ?? '') &&
        path !== 'lib/messaging/page-relay.ts' &&
        /\b(?:chrome|browser)\.\w+\.\w+/.test(code),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

describe('the layout', () => {
  test('has no drawer for things without a name', () => {
    const drawer = /(?:^|\/)(?:utils?|helpers?|managers?|common|misc|shared)(?:\/|\.tsx?$)/;
    const files = ['lib', 'entrypoints', 'components', 'demo', 'tools'].flatMap((folder) => filesIn(folder, /\.tsx?$/));
    expect(files.filter((path) => drawer.test(path))).toEqual([]);
  });
});

interface Edge {
  readonly from: string;
  readonly to: string;
}

function edges(sources: readonly Source[]): Edge[] {
  return sources.flatMap(({ path, imports }) =>
    imports.flatMap(({ file }) => (file === undefined ? [] : [{ from: path, to: file }])),
  );
}

function show({ from, to }: Edge): string {
  return `${from} imports ${to}`;
}

/** Files that run when this one does. */
function closure(start: string, seen = new Set<string>()): string[] {
  if (seen.has(start)) return [];
  seen.add(start);
  const next = (bySource.get(start)?.imports ?? []).filter(({ typeOnly }) => !typeOnly);
  return [start, ...next.flatMap(({ file }) => (file === undefined ? [] : closure(file, seen)))];
}

/** Circles of imports that remain in the build; types may refer to each other. */
function circles(sources: readonly Source[]): string[] {
  const found: string[] = [];
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      found.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      return;
    }
    if (finished.has(path)) return;
    for (const { file, typeOnly } of bySource.get(path)?.imports ?? []) {
      if (file !== undefined && !typeOnly) visit(file, [...trail, path]);
    }
    finished.add(path);
  };
  for (const { path } of sources) visit(path, []);
  return found;
}
