/** A port to a program on this machine that the browser starts. */
export interface NativeChannel {
  postMessage(message: unknown): void;
  disconnect(): void;
  onMessage(listener: (message: unknown) => void): void;
  /** @param listener gets what the browser says of why; never called for what this side ended */
  onDisconnect(listener: (why: string) => void): void;
}

/**
 * How the port stands. `off`: nobody wants it. `permission`: the browser has not granted it. `reload`: it has, and the API
 * is there once the extension has started anew. `no_host`: the browser knows of no such program for us. `lost`: it was
 * there, or ended at once; it is tried again.
 */
export type NativeState = 'off' | 'permission' | 'reload' | 'connecting' | 'connected' | 'no_host' | 'lost';

/** Calls back once, so many milliseconds from now. @returns what takes that back */
type After = (milliseconds: number, callback: () => void) => () => void;

export interface NativePortOptions {
  /** Opens a channel; undefined where the API is not there. */
  readonly connect: () => NativeChannel | undefined;
  readonly isGranted: () => Promise<boolean>;
  readonly after: After;
  /** Sees to it that `want` is called again now and then, also by another worker: timers end with this one. */
  readonly keepTrying: (isWanted: boolean) => Promise<void>;
  /** What is said first on each channel. */
  readonly greeting: () => Promise<unknown>;
  readonly onMessage: (message: unknown) => void;
  /** The program, and whatever was behind it, is gone. */
  readonly onGone: () => void;
  /** It stands differently. */
  readonly onState: () => void;
}

/** After so many milliseconds a channel that still stands is one to a program that runs. */
const SETTLED_AFTER = 1_000;
/** Milliseconds until it is tried again: the last for every time after it. */
export const TRY_AGAIN_AFTER: readonly number[] = [500, 2_000, 5_000, 15_000, 60_000];

/** Of what the browser says when it knows of no such program, or will not start it for us (Chromium's own words). */
const NO_HOST = /not found|forbidden|failed to start/i;

/**
 * Keeps a channel to a native host open for as long as it is wanted, and tries again where it ends. An open channel keeps the
 * worker alive; it is no reason for the vault to stay open.
 */
export class NativePort {
  readonly #options: NativePortOptions;
  #channel: NativeChannel | undefined;
  #state: NativeState = 'off';
  #isWanted = false;
  #tries = 0;
  #stop: (() => void) | undefined;

  constructor(options: NativePortOptions) {
    this.#options = options;
  }

  get state(): NativeState {
    return this.#state;
  }

  /** Opens it, or closes it. What is open stays; what waits to be tried again is tried now. */
  async want(isWanted: boolean): Promise<void> {
    this.#isWanted = isWanted;
    if (!isWanted) this.#close();
    else if (this.#channel === undefined) await this.#open();
    await this.#options.keepTrying(isWanted);
  }

  /** Hands a message over; nothing happens where nobody is there. */
  send(message: unknown): void {
    try {
      this.#channel?.postMessage(message);
    } catch {
      this.#gone(this.#channel, ''); // it ended a moment ago, and says so later
    }
  }

  async #open(): Promise<void> {
    this.#clearTimer();
    if (!(await this.#options.isGranted())) {
      this.#became('permission');
      return;
    }
    const greeting = await this.#options.greeting();
    if (!this.#isWanted || this.#channel !== undefined) return; // meanwhile
    const channel = this.#options.connect();
    if (channel === undefined) {
      this.#became('reload');
      return;
    }
    this.#channel = channel;
    channel.onMessage((message) => {
      if (this.#channel === channel) this.#options.onMessage(message);
    });
    channel.onDisconnect((why) => this.#gone(channel, why));
    this.#became('connecting');
    this.#stop = this.#options.after(SETTLED_AFTER, () => this.#settled(channel));
    this.send(greeting);
  }

  #settled(channel: NativeChannel): void {
    if (this.#channel !== channel) return;
    this.#tries = 0;
    this.#became('connected');
  }

  #gone(channel: NativeChannel | undefined, why: string): void {
    if (channel === undefined || this.#channel !== channel) return;
    this.#channel = undefined;
    this.#clearTimer();
    this.#options.onGone();
    this.#became(NO_HOST.test(why) ? 'no_host' : 'lost');
    const wait = TRY_AGAIN_AFTER[Math.min(this.#tries, TRY_AGAIN_AFTER.length - 1)] ?? 0;
    this.#tries += 1;
    this.#stop = this.#options.after(wait, () => {
      if (this.#isWanted && this.#channel === undefined) void this.#open().catch(() => this.#became('lost'));
    });
  }

  #close(): void {
    this.#clearTimer();
    this.#tries = 0;
    const channel = this.#channel;
    this.#channel = undefined;
    channel?.disconnect();
    if (channel !== undefined) this.#options.onGone();
    this.#became('off');
  }

  #clearTimer(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  #became(state: NativeState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState();
  }
}
