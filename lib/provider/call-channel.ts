/**
 * Between provider and relay: for each call the provider makes a MessageChannel and hands one end over with this
 * event on `window`, which the relay, listening first, cancels and stops. The first message is the call; a second
 * one, of any kind, gives it up. The answer is one `CallAnswer`. All of it is the page's word: the relay believes
 * none of it.
 */
export const CALL_EVENT = 'signet:call';

/** JSON text of a call's parameter, at most this many UTF-16 units. */
export const MAX_PARAMS = 65_536;

export interface CallMessage {
  readonly method: string;
  /** JSON. */
  readonly params: string;
}

export type CallAnswer =
  | { readonly ok: true; readonly result: unknown }
  | {
      readonly ok: false;
      readonly error: { readonly code: number; readonly message: string; readonly field?: string };
    };
