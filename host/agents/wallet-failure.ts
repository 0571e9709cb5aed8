import type { FrameError } from '../../lib/agents/index.ts';

/** What is wrong between a program and the wallet, in words that say what to do about it. */
const SENTENCES = {
  not_paired: 'No program is connected to Signet here yet. Ask the person to run `signet pair`.',
  no_browser:
    'Signet cannot be reached: its browser is not running, or agents are not switched on in it. Ask the person to open the ' +
    'browser that has Signet, then call again; `signet doctor` says more.',
  other_profile:
    'Signet is open in another browser or profile than the one this program was paired with. Ask the person to open that ' +
    'one, or to run `signet pair` again.',
  no_answer: 'The browser runs, but Signet in it does not answer. Ask the person to open Signet, then call again.',
  wrong_wallet: 'Another extension answered than the one this program was paired with. Nothing was shown to it.',
  lost: 'The connection to Signet ended before it answered. Whether the call was done is not known; call again.',
  timed_out: 'Signet did not answer in time, and the call was taken back. Call again.',
  cancelled: 'The call was taken back.',
  too_many: 'Too many calls are waiting for Signet. Wait for an answer before the next call.',
  too_long: 'This call is longer than Signet takes.',
  locked: 'Signet is locked. Ask the person to unlock it in their browser, then call again.',
  no_vault: 'Signet has no vault yet. Ask the person to open Signet in their browser and to make one.',
  paused: 'The person has paused this program in Signet (Agents). It can do nothing until they let it go on.',
  stopped: 'The person has stopped all agents in Signet (Agents). Nothing can be done until they let them go on.',
  unknown_agent:
    'Signet does not know this program, or no longer. If the person still wants it connected, they run `signet pair`.',
} as const satisfies Readonly<Record<string, string>>;

export type Trouble = keyof typeof SENTENCES;

const isTrouble = (reason: string): reason is Trouble => Object.hasOwn(SENTENCES, reason);

/** A call that was not answered, or a connection that did not come to be. */
export class WalletFailure extends Error {
  override readonly name = 'WalletFailure';
  readonly fields: FrameError;

  constructor(fields: FrameError, cause?: unknown) {
    super(fields.message, cause === undefined ? undefined : { cause });
    this.fields = fields;
  }

  static of(reason: Trouble, cause?: unknown): WalletFailure {
    return new WalletFailure({ reason, message: SENTENCES[reason] }, cause);
  }

  /** What the wallet itself says: where it is about the connection and not about the call, in our words. */
  static from(error: FrameError): WalletFailure {
    return isTrouble(error.reason) && error.field === undefined
      ? WalletFailure.of(error.reason)
      : new WalletFailure(error);
  }
}
