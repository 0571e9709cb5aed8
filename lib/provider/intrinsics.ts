/* eslint-disable @typescript-eslint/unbound-method -- taking methods off their prototypes is what this file is for */

/*
 * What the provider needs from the page's globals, taken at document_start when this file is loaded: a page that
 * replaces Promise, JSON or addEventListener later changes nothing here.
 */

/** A method as a function of its object, which works whatever becomes of the prototype it came from. */
const unbound = Function.prototype.bind.bind(Function.prototype.call) as <A extends unknown[], R>(
  method: (...args: A) => R,
) => (self: unknown, ...args: A) => R; // bind of call: TypeScript has no words for it

const getter = (of: { readonly prototype: object }, name: string) =>
  unbound(Object.getOwnPropertyDescriptor(of.prototype, name)?.get as () => unknown); // the platform's own accessors

const { addEventListener, removeEventListener, dispatchEvent } = EventTarget.prototype;
const { postMessage, start: startPort, close: closePort } = MessagePort.prototype;

interface Globals {
  /** Absent from browsers of before 2025. */
  readonly DigitalCredential: { readonly prototype: object } | undefined;
}

export const {
  Promise,
  MessageChannel,
  MessageEvent,
  CustomEvent,
  DOMException,
  DigitalCredential,
  TypeError,
  setTimeout,
  clearTimeout,
} = globalThis as Omit<typeof globalThis, keyof Globals> & Globals; // TypeScript believes that every browser has it
export const { apply } = Reflect;
/** Promise.prototype.then; not by that name: a module with a member `then` is taken for a promise. */
export const onceSettled = unbound(Promise.prototype.then);
/** Answers undefined for what JSON has no word for. */
export const stringify = JSON.stringify as (value: unknown) => string | undefined;
export const listen = unbound(addEventListener);
export const unlisten = unbound(removeEventListener);
export const dispatch = unbound(dispatchEvent);
export const post = unbound<[unknown], void>(postMessage);
export const start = unbound(startPort);
export const close = unbound(closePort);
export const dataOf = getter(MessageEvent, 'data');
/** Throws on what is not an AbortSignal; undefined as long as it was not aborted. */
export const reasonOf = getter(AbortSignal, 'reason');
