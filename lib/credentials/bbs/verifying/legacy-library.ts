import { SignetError, fromBase64 } from '../../../core/index.ts';

interface LegacyKeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** What Signet uses of `@mattrglobal/bbs-signatures`, whose own types are `any`. Bytes may come as lists of numbers. */
export interface LegacyLibrary {
  readonly generateBls12381G1KeyPair: FirstDraw;
  readonly generateBls12381G2KeyPair: (
    seed: Uint8Array,
  ) => Promise<{ readonly publicKey: ArrayLike<number>; readonly secretKey: ArrayLike<number> }>;
  readonly blsSign: (request: {
    readonly keyPair: LegacyKeyPair;
    readonly messages: readonly Uint8Array[];
  }) => Promise<ArrayLike<number>>;
  readonly blsVerify: (request: {
    readonly publicKey: Uint8Array;
    readonly signature: Uint8Array;
    readonly messages: readonly Uint8Array[];
  }) => Promise<{ readonly verified: boolean }>;
  readonly blsCreateProof: (request: {
    readonly publicKey: Uint8Array;
    readonly signature: Uint8Array;
    readonly messages: readonly Uint8Array[];
    readonly revealed: readonly number[];
    readonly nonce: Uint8Array;
  }) => Promise<ArrayLike<number>>;
  readonly blsVerifyProof: (request: {
    readonly publicKey: Uint8Array;
    readonly proof: Uint8Array;
    readonly messages: readonly Uint8Array[];
    readonly nonce: Uint8Array;
  }) => Promise<{ readonly verified: boolean }>;
}

/** Marks a library whose generator was seen to be seeded: a process has one, however often this file is loaded. */
const SEEDED = Symbol.for('signet.bbs+.seeded');

/** What the library's generator is first used with. */
type FirstDraw = (() => Promise<unknown>) & { [SEEDED]?: true };

/** The library, started, and with true randomness in it. Loading this file loads half a megabyte. */
export const legacyLibrary: Promise<LegacyLibrary> = start();

/**
 * Starts the wasm. The package expects two things that not every place has, so they are lent to it, for as long as it
 * looks at them: a global `Buffer`, which it decodes its wasm with (browsers have none), and a global `self`, in which
 * it looks for randomness (Node has none). Callers provide nothing.
 */
async function start(): Promise<LegacyLibrary> {
  const module: Readonly<Record<string, unknown>> = await import('@mattrglobal/bbs-signatures/lib/wasm.js');
  const initialise = initialiserIn(module);
  const base64 = { from: (text: string) => fromBase64(text) };
  await lending('Buffer', base64, () => initialise());
  const library = module as unknown as LegacyLibrary; // the package's types say `any` of all that the interface names
  await seed(library);
  return library;
}

/** Bundlers and Node disagree on what the default of a CommonJS module is: its exports, or what they call default. */
function initialiserIn(module: Readonly<Record<string, unknown>>): () => Promise<unknown> {
  const outer = module['default'];
  const inner = typeof outer === 'object' && outer !== null && 'default' in outer ? outer.default : outer;
  if (typeof inner !== 'function') throw new SignetError('internal', 'The library of legacy BBS+ cannot be started.');
  return inner as () => Promise<unknown>; // the package's wasm.d.ts: its argument is optional
}

/**
 * Has the library seed its generator, which it does once, at the first draw, and sees to it that the seed is true.
 * Without `self` it asks Node's crypto module through a function that its own build emptied: the seed is then 32 zero
 * bytes, and whoever knows that can take the hidden messages out of every proof.
 */
async function seed(library: LegacyLibrary): Promise<void> {
  const draw = library.generateBls12381G1KeyPair;
  if (draw[SEEDED] === true || 'self' in globalThis) {
    await draw();
    return;
  }
  const drawn = { times: 0 };
  const getRandomValues = (bytes: Uint8Array<ArrayBuffer>): Uint8Array => {
    drawn.times += 1;
    return crypto.getRandomValues(bytes);
  };
  const place: { self?: object; readonly crypto: object } = { crypto: { getRandomValues } };
  place.self = place;
  await lendingWhile('self', place, draw);
  if (drawn.times === 0) {
    throw new SignetError(
      'internal',
      'Other code started the library of legacy BBS+ before Signet, without randomness: its proofs would hide nothing.',
    );
  }
  draw[SEEDED] = true;
}

/** Calls with a global that is taken away again when the call returns, not when its promise settles. */
function lending<T>(name: string, value: unknown, act: () => T): T {
  if (name in globalThis) return act();
  Object.defineProperty(globalThis, name, { value, configurable: true });
  try {
    return act();
  } finally {
    Reflect.deleteProperty(globalThis, name);
  }
}

/** The same until the promise settles, which takes microtasks alone: no other task gets to see the global. */
async function lendingWhile<T>(name: string, value: unknown, act: () => Promise<T>): Promise<T> {
  Object.defineProperty(globalThis, name, { value, configurable: true });
  try {
    return await act();
  } finally {
    Reflect.deleteProperty(globalThis, name);
  }
}
