/**
 * What a page's calls of the Digital Credentials API (W3C draft) come to, once the provider has read them: of what the
 * page asked for, the requests that Signet knows how to answer, in the page's order.
 */

/** Presentation protocols that go to Signet (OpenID4VP 1.0, appendix A). */
export type PresentationProtocol = 'openid4vp-v1-unsigned' | 'openid4vp-v1-signed' | 'openid4vp-v1-multisigned';

/** The issuance protocol that goes to Signet (OpenID4VCI 1.0). */
export type IssuanceProtocol = 'openid4vci-v1';

/** `navigator.credentials.get({ digital: { requests } })`. `data` is JSON that nobody has read yet. */
export interface DigitalGet {
  readonly requests: readonly { readonly protocol: PresentationProtocol; readonly data: object }[];
}

/** What the call ends with: the members of a DigitalCredential. */
export interface DigitalAnswer {
  readonly protocol: PresentationProtocol | IssuanceProtocol;
  readonly data: object;
}

/**
 * The call is for another wallet. `now`: the person said so before, so it is handed on at once. `next`: they say so now;
 * the click that made the call is spent by then, so it fails, and the page's next call is handed on.
 */
export interface OtherWallet {
  readonly other_wallet: 'now' | 'next';
}
