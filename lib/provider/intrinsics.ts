/* eslint-disable @typescript-eslint/unbound-method -- taking methods off their prototypes is what this file is for */

/** A method as a function of its object, which works whatever becomes of the prototype it came from. */
const unbound = Function.prototype.bind.bind(Function.prototype.call) as <A extends unknown[], R>(
  method: (...args: A) => R,
) => (self: unknown, ...args: A) => R; // bind of call: TypeScript has no words for it

const getter = (prototype: object, name: string) =>
  unbound(Object.getOwnPropertyDescriptor(prototype, name)?.get as () => unknown); // the platform's own accessors

/**
 * What the provider needs from the page's globals, taken at document_start: a page that replaces Promise, JSON or
 * addEventListener later changes nothing here.
 */
export const captureIntrinsics = () => ({
  Promise,
  MessageChannel,
  MessageEvent,
  CustomEvent,
  setTimeout,
  clearTimeout,
  stringify: JSON.stringify as (value: unknown) => string | undefined, // undefined for what JSON has no word for
  listen: unbound(EventTarget.prototype.addEventListener),
  unlisten: unbound(EventTarget.prototype.removeEventListener),
  dispatch: unbound(EventTarget.prototype.dispatchEvent),
  post: unbound<[unknown], void>(MessagePort.prototype.postMessage),
  start: unbound(MessagePort.prototype.start),
  close: unbound(MessagePort.prototype.close),
  dataOf: getter(MessageEvent.prototype, 'data'),
  isAborted: getter(AbortSignal.prototype, 'aborted'),
  reasonOf: getter(AbortSignal.prototype, 'reason'),
});

export type Intrinsics = ReturnType<typeof captureIntrinsics>;
