import type { LoggedTx } from '../../../audit/index.ts';
import { SignetError } from '../../../core/index.ts';
import type { Json } from '../../../core/index.ts';
import type { PageRequest } from '../../../requests/index.ts';
import type { Verdict } from '../../../policy/index.ts';
import type { VaultReader } from '../../../vault/index.ts';
import type { Judgement } from '../../judging/judge.ts';
import type { Services } from '../../services.ts';
import type { Principal } from '../principal.ts';

/** What every tool works with. */
export interface ToolContext {
  readonly services: Services;
  readonly principal: Principal;
  /** What the vault holds, to decide by: the transaction that logs the call makes sure that it still stands. */
  readonly reader: VaultReader;
  /** Waits until a request is no longer what it was, or a while: milliseconds. @throws SignetError locked */
  readonly waitFor: (requestId: string, milliseconds: number) => Promise<void>;
}

/** What is decided about a call. */
export interface Ruling {
  readonly verdict: Verdict;
  /** Ids of the rules that matched. */
  readonly rules: readonly string[];
  /** Why, where it is no: for the agent, and with nothing about what is stored. */
  readonly message?: string;
}

/** What comes of a call that was let through. */
export type Effect =
  | {
      readonly status: 'done';
      readonly result: Json;
      /** What becomes true with the answer, in the transaction that logs it. Throws `changed` where it must not. */
      readonly along?: (tx: LoggedTx) => Promise<void>;
      /** Makes the answer this call's own, after it was logged: whether it still was there. */
      readonly claim?: () => Promise<boolean>;
    }
  | { readonly status: 'pending'; readonly request: PageRequest; readonly isKnown?: true }
  | { readonly status: 'denied'; readonly message: string; readonly claim?: () => Promise<boolean> };

/** A call whose tiers are known: nothing was decided yet, and nothing done. */
export interface Begun {
  /** What it is about, by `claimKey`: for the log. Never values. */
  readonly names: readonly string[];
  /** The tiers that it touches. */
  readonly tiers: readonly number[];
  decide(): Promise<Ruling>;
  /** Of PERMIT. Changes nothing but what waits for the person. */
  perform(): Promise<Effect>;
  /** Of ANOMALY: puts it before the person. */
  ask(): Promise<PageRequest>;
}

/** Nobody has to be asked, and nothing decides about it. */
export const PERMITTED: Ruling = { verdict: 'PERMIT', rules: [] };

export const denied = (message: string, rules: readonly string[] = []): Ruling => ({ verdict: 'DENY', rules, message });

/** What the agent hears of a no of the person's, of their rules, or of time: one sentence for all. */
export const NOT_GRANTED = 'This was not granted.';

export const rulingOf = ({ verdict, rules }: Judgement): Ruling =>
  verdict === 'DENY' ? denied(NOT_GRANTED, rules) : { verdict, rules };

/** The same where the pairing itself allows it as long as no rule says otherwise. */
export function rulingByPairing(judgement: Judgement): Ruling {
  const isFree = judgement.decided.every(
    ({ decision: { verdict, reason } }) => verdict === 'PERMIT' || reason === 'no_rule' || reason === 'role',
  );
  return isFree ? { verdict: 'PERMIT', rules: judgement.rules } : rulingOf(judgement);
}

/** For a tool that never asks. */
export const neverAsks = (): Promise<PageRequest> =>
  Promise.reject(new SignetError('internal', 'This tool never asks.'));
