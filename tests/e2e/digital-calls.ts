import type { Page } from 'puppeteer';
import type { CreatedRequest, PageRequest, PageRequestOptions, RequestSession } from '../../lib/sdk/index.ts';
import { MemoryReplayStore, createRequest, verifyResponse } from '../../lib/sdk/index.ts';
import { begin } from './page-calls.ts';

/** A site's own server: writes requests, and verifies what its page was answered. */
export interface DigitalShop {
  /** A request for `age_over_21` of a driving licence, unless it says otherwise. */
  ask(options?: Partial<PageRequestOptions>): Promise<CreatedRequest<PageRequest>>;
  /** What the shop makes of an answer: whether it is valid, and what it says. */
  verify(answer: unknown, session: RequestSession): ReturnType<typeof verifyResponse>;
}

export function digitalShop({
  origin,
  issuer,
}: {
  readonly origin: string;
  readonly issuer: { readonly origin: string; readonly licenceType: string };
}): DigitalShop {
  const replay = new MemoryReplayStore();
  return {
    ask: (options = {}) => createRequest({ claims: 'age_over_21', types: [issuer.licenceType], origin, ...options }),
    async verify(answer, session) {
      const metadata = (await (await fetch(`${issuer.origin}/.well-known/jwt-vc-issuer`)).json()) as {
        readonly jwks: { readonly keys: readonly object[] };
      }; // the demo's issuer
      return verifyResponse(answer, session, { issuers: [{ issuer: issuer.origin, jwks: metadata.jwks }], replay });
    },
  };
}

/** Calls `navigator.credentials.get` with the members given, in the page's own script; what comes of it is kept by name. */
export const beginGet = (page: Page, name: string, options: object): Promise<void> =>
  begin(page, name, `navigator.credentials.get(${JSON.stringify(options)})`);

/** A request for an age, of any verifier. @param nonce tells two of them apart */
export const anyRequest = (nonce = 'AAAAAAAAAAAAAAAAAAAAAA', type = 'https://issuer.example/age') => ({
  digital: {
    requests: [
      {
        protocol: 'openid4vp-v1-unsigned',
        data: {
          response_type: 'vp_token',
          response_mode: 'dc_api',
          nonce,
          dcql_query: {
            credentials: [
              {
                id: 'age',
                format: 'dc+sd-jwt',
                meta: { vct_values: [type] },
                claims: [{ path: ['age_over_21'] }],
              },
            ],
          },
        },
      },
    ],
  },
});

/** What a page sees of a DigitalCredential. */
export interface SeenCredential {
  readonly isInstance: boolean;
  readonly id: string;
  readonly type: string;
  readonly protocol: string;
  readonly data: unknown;
  readonly json: unknown;
  readonly tag: string;
}

/** Source that turns a promise of a DigitalCredential into one of what a page sees of it. */
export const SEEN = `.then((c) => ({
  isInstance: c instanceof DigitalCredential, id: c.id, type: c.type, protocol: c.protocol, data: c.data,
  json: JSON.parse(JSON.stringify(c)), tag: Object.prototype.toString.call(c),
}))`;

/** As `beginGet`; its value is what a page sees of the credential. */
export const beginSeen = (page: Page, name: string, options: object): Promise<void> =>
  begin(page, name, `navigator.credentials.get(${JSON.stringify(options)})${SEEN}`);
