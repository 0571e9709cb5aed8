import { Mutex, isJsonObject } from '../core/index.ts';
import type { Origin, SecretBytes } from '../core/index.ts';
import type { KeyValue, StorageBackend } from '../vault/index.ts';
import { everyFill, fillFor, listKey, tagOf, textsOf } from './blind-tags.ts';

/** Name of the list in storage.local, and of its key in the store `meta`. */
const NAME = 'otherWallets';

interface Content {
  readonly off: boolean;
  /** Keyed hashes of origins. */
  readonly sites: readonly string[];
}

/**
 * Whose calls of the Digital Credentials API are for another wallet: those of sites that the person named, and everybody's
 * while Signet is turned off for them. Kept whether or not there is a vault and it is open, so that no site learns of
 * either by it. The sites stand under keyed hashes, as mutes do; without the key, which goes with the vault's database,
 * nothing is left of them. Changes happen one after the other.
 */
export class OtherWallets {
  readonly #backend: StorageBackend;
  readonly #local: KeyValue;
  readonly #turns = new Mutex();

  constructor(options: { readonly backend: StorageBackend; readonly local: KeyValue }) {
    this.#backend = options.backend;
    this.#local = options.local;
  }

  /** Whether a site's calls are for another wallet. @throws SignetError storage_failed */
  async serves(origin: Origin): Promise<boolean> {
    const stored = await this.#local.get(NAME);
    if (stored === undefined) return false;
    const key = await listKey(this.#backend, NAME);
    const { off, sites } = contentOf(stored, key);
    return off || sites.includes(siteTag(key, origin));
  }

  /** Whether calls come to Signet, and how many sites' do not. @throws SignetError storage_failed */
  async standing(): Promise<{ readonly on: boolean; readonly sites: number }> {
    const { off, sites } = await this.#load();
    return { on: !off, sites: sites.length };
  }

  /** Turns Signet on or off for such calls, of whatever site. @throws SignetError storage_failed */
  turn(on: boolean): Promise<void> {
    return this.#change((content) => ({ ...content, off: !on }));
  }

  /** Whatever a site asks by such calls is for another wallet. @throws SignetError storage_failed */
  add(origin: Origin): Promise<void> {
    return this.#change(({ off, sites }, key) => ({ off, sites: [...new Set([...sites, siteTag(key, origin)])] }));
  }

  /** All sites come to Signet again. @throws SignetError storage_failed */
  forgetSites(): Promise<void> {
    return this.#change(({ off }) => ({ off, sites: [] }));
  }

  async #load(): Promise<Content> {
    const stored = await this.#local.get(NAME);
    return stored === undefined ? { off: false, sites: [] } : contentOf(stored, await listKey(this.#backend, NAME));
  }

  #change(change: (content: Content, key: SecretBytes) => Content): Promise<void> {
    return this.#turns.run(async () => {
      const key = await listKey(this.#backend, NAME);
      const { off, sites } = change(await this.#load(), key);
      await this.#local.set(NAME, {
        off,
        key: keyTag(key),
        sites: [...sites, ...fillFor(key, 'site', sites.length)].sort(),
      });
    });
  }
}

const siteTag = (key: SecretBytes, origin: Origin): string => tagOf(key, ['site', origin]);

/** Tells the key that a list was written under. */
const keyTag = (key: SecretBytes): string => tagOf(key, ['key']);

function contentOf(stored: unknown, key: SecretBytes): Content {
  const { off, sites, key: under } = isJsonObject(stored) ? stored : {};
  const fill = everyFill(key, 'site');
  const known = under === keyTag(key) ? textsOf(sites).filter((tag) => !fill.has(tag)) : [];
  return { off: off === true, sites: known };
}
