import { Mutex, fromBase64, fromUtf8, isJsonObject, toBase64, utf8 } from '../core/index.ts';
import type { Clock, Json, Origin, SecretBytes } from '../core/index.ts';
import type { KeyValue, StorageBackend } from '../vault/index.ts';
import { openBox, sealBox } from '../vault/index.ts';
import { everyFill, fillFor, listKey, tagOf, textsOf } from './blind-tags.ts';
import type { Mute } from './mute.ts';
import { isForgotten, isMuted, muteAfter, readMute } from './mute.ts';

/** Name of the list in storage.local, and of its key in the store `meta`. */
const NAME = 'quiet';
/** Characters of a mute as text, spaces at its end included: all are as long. */
const MUTE_LENGTH = 320;

/** What the person never wants to be asked by a site: whatever it asks, any claim, or these (by `claimKey`). */
export interface Never {
  readonly origin: string;
  readonly what: 'everything' | 'claims' | readonly string[];
}

interface Content {
  readonly key: SecretBytes;
  readonly tags: ReadonlySet<string>;
  readonly mutes: ReadonlyMap<string, Mute>;
}

/**
 * Who is not listened to, for as long as the vault is locked too: sites that are muted, and what the person said they
 * never want to be asked. In storage.local under keyed hashes, among entries that stand for nobody; the key is random
 * and lies in the database, so that neither alone tells a site. Changes happen one after the other.
 */
export class QuietList {
  readonly #backend: StorageBackend;
  readonly #local: KeyValue;
  readonly #clock: Clock;
  #content: Promise<Content> | undefined;
  readonly #turns = new Mutex();

  constructor(options: { readonly backend: StorageBackend; readonly local: KeyValue; readonly clock: Clock }) {
    this.#backend = options.backend;
    this.#local = options.local;
    this.#clock = options.clock;
  }

  /** Whether the person never wants to hear of this site. @throws SignetError storage_failed */
  async neverHears(origin: Origin): Promise<boolean> {
    const { key, tags } = await this.#loaded();
    return tags.has(tagOf(key, ['site', origin]));
  }

  /**
   * Whether the person never wants to be asked for this claim by this site. A name covers what is nested in it.
   * @param claim by `claimKey`
   * @throws SignetError storage_failed
   */
  async neverTells(origin: Origin, claim: string): Promise<boolean> {
    const { key, tags } = await this.#loaded();
    const steps = claim.split('.');
    const covering = steps.map((_, i) => steps.slice(0, i + 1).join('.'));
    return ['*', ...covering].some((name) => tags.has(tagOf(key, ['claim', origin, name])));
  }

  /** Until when a site is not listened to, in milliseconds since the epoch. @throws SignetError storage_failed */
  async mutedUntil(origin: Origin): Promise<number | undefined> {
    const { key, mutes } = await this.#loaded();
    const mute = mutes.get(tagOf(key, ['mute', origin]));
    return mute !== undefined && isMuted(mute, this.#clock()) ? mute.until : undefined;
  }

  /**
   * The person denied a request of a site. The same request counts once.
   * @returns until when the site is muted, if this denial mutes it
   * @throws SignetError storage_failed
   */
  noteDenial(origin: Origin, requestId: string): Promise<number | undefined> {
    return this.#turns.run(async () => {
      const content = await this.#loaded();
      const now = this.#clock();
      const tag = tagOf(content.key, ['mute', origin]);
      const before = content.mutes.get(tag);
      const after = muteAfter(before, { requestId, now });
      if (after === before) return undefined;
      await this.#store({ ...content, mutes: new Map([...content.mutes, [tag, after]]) });
      return after.recent.length === 0 ? after.until : undefined;
    });
  }

  /** The site is listened to again, and what it did is forgotten. @throws SignetError storage_failed */
  unmute(origin: Origin): Promise<void> {
    return this.#turns.run(async () => {
      const content = await this.#loaded();
      const tag = tagOf(content.key, ['mute', origin]);
      await this.#store({ ...content, mutes: new Map([...content.mutes].filter(([name]) => name !== tag)) });
    });
  }

  /** Remembers, for the next time the vault is open, that a site gives up its permissions. @throws SignetError storage_failed */
  noteLeaving(origin: Origin): Promise<void> {
    return this.#turns.run(async () => {
      const content = await this.#loaded();
      await this.#store({ ...content, tags: new Set([...content.tags, tagOf(content.key, ['leaving', origin])]) });
    });
  }

  /** Whether a site gave up its permissions while nobody could note it in the vault. @throws SignetError storage_failed */
  async isLeaving(origin: string): Promise<boolean> {
    const { key, tags } = await this.#loaded();
    return tags.has(tagOf(key, ['leaving', origin]));
  }

  /** Adds to what the person said. @throws SignetError storage_failed */
  addNevers(nevers: readonly Never[]): Promise<void> {
    return this.#turns.run(async () => {
      const content = await this.#loaded();
      const added = nevers.flatMap((never) => namesOf(never).map((name) => tagOf(content.key, name)));
      if (added.length > 0) await this.#store({ ...content, tags: new Set([...content.tags, ...added]) });
    });
  }

  /**
   * Puts what the person said in the place of all that was known of it; sites that left are forgotten with it.
   * @throws SignetError storage_failed
   */
  mirror(nevers: readonly Never[]): Promise<void> {
    return this.#turns.run(async () => {
      const content = await this.#loaded();
      const tags = new Set(nevers.flatMap((never) => namesOf(never).map((name) => tagOf(content.key, name))));
      if (tags.size === content.tags.size && [...tags].every((tag) => content.tags.has(tag))) return;
      await this.#store({ ...content, tags });
    });
  }

  /** Forgets everything: the vault it was about is gone. @throws SignetError storage_failed */
  forget(): Promise<void> {
    return this.#turns.run(async () => {
      this.#content = undefined;
      await this.#local.remove(NAME);
    });
  }

  #loaded(): Promise<Content> {
    this.#content ??= this.#load().catch((error: unknown) => {
      this.#content = undefined;
      throw error;
    });
    return this.#content;
  }

  async #load(): Promise<Content> {
    const key = await listKey(this.#backend, NAME);
    const stored = await this.#local.get(NAME);
    const { tags, mutes } = isJsonObject(stored) ? stored : {};
    const fill = everyFill(key, 'tag');
    return {
      key,
      tags: new Set(textsOf(tags).filter((tag) => !fill.has(tag))),
      mutes: new Map(Object.entries(isJsonObject(mutes) ? mutes : {}).flatMap(([tag, box]) => openMute(key, tag, box))),
    };
  }

  /** Everything is sealed anew, so that whoever compares two versions does not see which entry changed. */
  async #store({ key, tags, mutes }: Content): Promise<void> {
    const now = this.#clock();
    const kept = new Map([...mutes].filter(([, mute]) => !isForgotten(mute, now)));
    const boxes = [
      ...Array.from(kept, ([tag, mute]) => sealMute(key, tag, mute)),
      ...fillFor(key, 'mute', kept.size).map((tag) => sealMute(key, tag, null)),
    ];
    await this.#local.set(NAME, {
      tags: [...tags, ...fillFor(key, 'tag', tags.size)].sort(),
      mutes: Object.fromEntries(boxes.sort(([a], [b]) => (a < b ? -1 : 1))),
    });
    this.#content = Promise.resolve({ key, tags, mutes: kept });
  }
}

function namesOf({ origin, what }: Never): readonly (readonly string[])[] {
  if (what === 'everything') return [['site', origin]];
  return (what === 'claims' ? ['*'] : what).map((claim) => ['claim', origin, claim]);
}

const sealMute = (key: SecretBytes, tag: string, mute: Mute | null): [string, string] => [
  tag,
  toBase64(sealBox(key, utf8(tag), utf8(JSON.stringify(mute).padEnd(MUTE_LENGTH)))),
];

/** A mute under its tag; nothing where it stands for nobody, or was altered. */
function openMute(key: SecretBytes, tag: string, box: Json): readonly (readonly [string, Mute])[] {
  const plain = typeof box === 'string' ? openBox(key, utf8(tag), decoded(box)) : undefined;
  const mute = plain === undefined ? undefined : readMute(JSON.parse(fromUtf8(plain)) as Json); // only sealMute wrote it
  return mute === undefined ? [] : [[tag, mute]];
}

function decoded(text: string): Uint8Array {
  try {
    return fromBase64(text);
  } catch {
    return new Uint8Array(); // altered: opens to nothing
  }
}
