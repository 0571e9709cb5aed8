/** One line of the log. Never a proof, a nonce or a claim's value. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly [field: string]: string | number | boolean | undefined;
}

const MOST_KEPT = 1000;

/** Writes lines of JSON, many at a time: a write for each request would cost as much as a signature. */
export class RequestLog {
  readonly #write: (text: string) => void;
  readonly #now: () => number;
  readonly #least: 'requests' | 'problems';
  #kept: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param least `problems` leaves out what is `info` @param now milliseconds since the epoch */
  constructor(options: {
    readonly write: (text: string) => void;
    readonly now: () => number;
    readonly least: 'requests' | 'problems';
  }) {
    this.#write = options.write;
    this.#now = options.now;
    this.#least = options.least;
  }

  add(line: LogLine): void {
    if (line.level === 'info' && this.#least === 'problems') return;
    this.#kept.push(`${JSON.stringify({ time: new Date(this.#now()).toISOString(), ...line })}\n`);
    if (this.#kept.length >= MOST_KEPT) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), 100).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const kept = this.#kept.join('');
    this.#kept = [];
    if (kept !== '') this.#write(kept);
  }
}
