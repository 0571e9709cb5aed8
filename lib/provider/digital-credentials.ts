import type { OtherWallet } from './digital.ts';
import { DOMException, DigitalCredential, TypeError, apply, onceSettled } from './intrinsics.ts';
import { pageCall } from './page-call.ts';
import { SignetError } from './page-error.ts';
import type { RequestOptions } from './types.ts';

/** What a page passes: its own word, so any member may be anything, or not there. */
interface Options extends RequestOptions {
  readonly digital: { readonly requests: Iterable<{ readonly protocol: string; readonly data: unknown }> };
  readonly publicKey?: object;
  readonly password?: boolean | object;
  readonly federated?: object;
  readonly identity?: object;
  readonly otp?: object;
}

type CredentialsFunction = (this: CredentialsContainer, options?: object) => Promise<unknown>;

interface FeaturePolicy {
  features(): readonly string[];
  allowsFeature(feature: string): boolean;
}

/**
 * Puts Signet before the browser's own `navigator.credentials.get` and `create`, or before what another extension put in
 * their place. Calls of the Digital Credentials API (W3C draft) with a protocol of Signet's stop here; everything else, and
 * what the person wants another wallet for, goes on as it came. Where Signet is at fault the draft's errors say so: 4001
 * and -32005 are NotAllowedError, -32602 TypeError, 4200 NotSupportedError; a Signet that does not answer (4900) is passed by.
 */
export function wrapCredentials(): void {
  wrap('get', 'digitalGet', 'openid4vp-v1-');
  wrap('create', 'digitalCreate', 'openid4vci-v1');
}

function wrap(name: 'get' | 'create', method: string, protocols: string): void {
  const { credentials } = navigator;
  // Some extensions put theirs on the object itself, where it hides what the prototype has.
  const holder: Record<typeof name, CredentialsFunction> = Object.hasOwn(credentials, name)
    ? credentials
    : CredentialsContainer.prototype;
  const next = holder[name];
  /** Calls that are under way, with those that are about to fail: the draft has one at a time. */
  let open = 0;
  let isForOther = false;

  const wrapper = {
    [name](this: CredentialsContainer, ...args: [options?: object]): Promise<unknown> {
      const onward = () => apply(next, this, args);
      const requests = ownRequests(protocols, args[0] as Options); // read with care
      if (!requests.length || this !== credentials) return onward();
      if (isForOther) {
        isForOther = false;
        return onward();
      }
      open++;
      return onceSettled(
        pageCall<object>(method, 'requests', { requests }, args[0], () => {
          if (open > 1 || !isAllowed(name)) throw failure('Not allowed now.');
        }),
        (answer: object) => {
          open--;
          const { other_wallet } = answer as Partial<OtherWallet>; // the member that tells one from the other
          if (!other_wallet) return credentialOf(answer);
          if (other_wallet === 'now') return onward();
          isForOther = true;
          throw failure('Not granted.');
        },
        (error: unknown) => {
          open--;
          if (!(error instanceof SignetError)) throw error;
          const { code, message } = error;
          if (code === 4900) return onward();
          throw failure(message, code);
        },
      );
    },
  };
  Object.assign(holder, wrapper);
}

/** The requests for Signet. A call that is not well-formed is the browser's, which says what is wrong with it. */
function ownRequests(protocols: string, options: Options): readonly object[] {
  const own: object[] = [];
  try {
    if (options.publicKey || options.password || options.federated || options.identity || options.otp) return own;
    for (const { protocol, data } of options.digital.requests) {
      if (protocol.startsWith(protocols)) own[own.length] = { protocol, data };
    }
  } catch {
    own.length = 0;
  }
  return own;
}

/** The person has just touched the page, and the site lets its documents ask. */
function isAllowed(name: string): boolean {
  const { featurePolicy } = document as Document & { readonly featurePolicy: FeaturePolicy }; // Chromium's
  const feature = `digital-credentials-${name}`;
  return (
    navigator.userActivation.isActive &&
    (featurePolicy.allowsFeature(feature) || !featurePolicy.features().includes(feature))
  );
}

/** The draft's error for one of ours. */
const failure = (message: string, code?: number): Error =>
  code === -32602
    ? new TypeError(message)
    : new DOMException(message, code === 4200 ? 'NotSupportedError' : 'NotAllowedError');

/** A DigitalCredential, as far as script can make one: the prototype's own accessors know only what the browser made. */
function credentialOf(answer: object): object {
  const members = { id: '', type: 'digital', ...answer };
  return { __proto__: DigitalCredential?.prototype, ...members, toJSON: () => members };
}
