import { agentIdOf, pairingCommitment, pairingDigits } from '../../agents/index.ts';
import type { Clock } from '../../core/index.ts';
import { SignetError, displayText, equalBytes, randomBytes, toBase64url, utf8 } from '../../core/index.ts';
import type { PairingView } from '../../messaging/contract.ts';
import type { After } from './stages.ts';

/** How long a pairing stays open, in milliseconds. */
export const PAIRING_LIFETIME = 5 * 60_000;
const NONCE_LENGTH = 16;
const MAX_NAME = 60;

export type PairingEnd = NonNullable<Extract<PairingView, { step: 'closed' }>['ended']>;

/** What a program that pairs is told. */
export interface PairingProgram {
  /** The person has said yes, and the agent is made. */
  done(paired: { readonly agent: string; readonly name: string }): void;
  /** Nothing comes of it. */
  failed(): void;
}

/** A program, and what it and the wallet have said to each other. */
interface Begun {
  readonly program: PairingProgram;
  readonly publicKey: string;
  readonly commitment: string;
  readonly walletNonce: string;
  /** Its own word, cleaned for display. */
  readonly name: string;
  readonly digits?: string;
}

interface Opening {
  readonly until: number;
  readonly begun?: Begun;
  /** Takes its end by time back. */
  readonly stop: () => void;
}

/** A program whose digits the person has compared. */
export interface Compared {
  /** The agent's id. */
  readonly id: string;
  readonly publicKey: string;
  /** Tells the program; ends the opening. */
  readonly done: (name: string) => void;
  readonly failed: () => void;
}

/**
 * Where a program becomes an agent: only while the person has it open, one program at a time, and one try an opening.
 * Whoever got a nonce of ours knows the digits before the person does: could it try again until they suit it, the digits
 * would prove nothing. It lives in memory: a worker that dies ends it.
 */
export class PairingDesk {
  readonly #clock: Clock;
  readonly #after: After;
  readonly #extension: string;
  readonly #changed: () => void;
  #opening: Opening | undefined;
  #ended: PairingEnd | undefined;

  /** @param options.changed called after it stands differently */
  constructor(options: {
    readonly clock: Clock;
    readonly after: After;
    readonly extensionId: string;
    readonly changed: () => void;
  }) {
    this.#clock = options.clock;
    this.#after = options.after;
    this.#extension = options.extensionId;
    this.#changed = options.changed;
  }

  get isOpen(): boolean {
    return this.#current() !== undefined;
  }

  view(): PairingView {
    const opening = this.#current();
    if (opening === undefined) return { step: 'closed', ...(this.#ended === undefined ? {} : { ended: this.#ended }) };
    const { until, begun } = opening;
    if (begun === undefined) return { step: 'open', until };
    const { name, digits } = begun;
    return digits === undefined ? { step: 'begun', until, name } : { step: 'compare', until, name, digits };
  }

  /** The person opens it; one that was open before ends. */
  open(until = this.#clock() + PAIRING_LIFETIME): void {
    if (this.#opening !== undefined) this.end('cancelled');
    const stop = this.#after(Math.max(0, until - this.#clock()), () => this.end('timed_out'));
    this.#opening = { until, stop };
    this.#ended = undefined;
    this.#changed();
  }

  /** Ends it, whatever it has come to: the program is told. Harmless while it is closed. */
  end(why: PairingEnd): void {
    const opening = this.#opening;
    if (opening === undefined) return;
    this.#opening = undefined;
    this.#ended = why;
    opening.stop();
    opening.begun?.program.failed();
    this.#changed();
  }

  /**
   * A program begins, and fixes its key and its nonce.
   * @returns our nonce
   * @throws SignetError `denied` while nobody has it open, or another program was first: the two look alike
   */
  begin(program: PairingProgram, said: Pick<Begun, 'publicKey' | 'commitment' | 'name'>): string {
    const opening = this.#current();
    if (opening === undefined || opening.begun !== undefined) {
      throw new SignetError('denied', 'Signet is not open for pairing. Open it under Agents, then try again.');
    }
    const walletNonce = toBase64url(randomBytes(NONCE_LENGTH));
    const name = displayText(said.name, MAX_NAME);
    this.#opening = { ...opening, begun: { ...said, name, program, walletNonce } };
    this.#changed();
    return walletNonce;
  }

  /**
   * It shows its nonce: from now on the person sees the digits.
   * @throws SignetError `denied` for one that did not begin, or shows something else than it fixed: that ends the opening
   */
  reveal(program: PairingProgram, agentNonce: string): void {
    const opening = this.#current();
    const begun = opening?.begun;
    if (opening === undefined || begun?.program !== program || begun.digits !== undefined) throw refused();
    const { publicKey, walletNonce } = begun;
    if (!isSame(pairingCommitment({ publicKey, agentNonce }), begun.commitment)) {
      this.end('refused');
      throw refused();
    }
    const digits = pairingDigits({ extension: this.#extension, publicKey, walletNonce, agentNonce });
    this.#opening = { ...opening, begun: { ...begun, digits } };
    this.#changed();
  }

  /** The program's connection is gone. */
  left(program: PairingProgram): void {
    if (this.#opening?.begun?.program === program) this.end('gone');
  }

  /**
   * The person says that these digits are the same in both places. One of all who say so gets the program; nobody else
   * does afterwards.
   * @throws SignetError `changed` when other digits, or none, are shown now
   */
  confirm(digits: string): Compared {
    const opening = this.#current();
    const begun = opening?.begun;
    if (opening === undefined || begun?.digits === undefined || !isSame(begun.digits, digits)) {
      throw new SignetError('changed', 'These digits are not shown any more. Begin again.', { field: 'digits' });
    }
    this.#opening = undefined;
    this.#ended = undefined;
    opening.stop(); // nobody is told yet: without a pairing and without an agent, the port would be closed
    const { publicKey, program } = begun;
    const id = agentIdOf(publicKey);
    return {
      ...{ id, publicKey },
      done: (name) => program.done({ agent: id, name }),
      failed: () => {
        this.#ended ??= 'refused';
        program.failed();
        this.#changed();
      },
    };
  }

  /** Timers may be late. */
  #current(): Opening | undefined {
    if (this.#opening !== undefined && this.#clock() >= this.#opening.until) this.end('timed_out');
    return this.#opening;
  }
}

const isSame = (a: string, b: string): boolean => equalBytes(utf8(a), utf8(b));

const refused = (): SignetError => new SignetError('denied', 'This pairing has ended. Begin again.');
