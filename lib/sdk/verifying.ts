import type { RefusalReason } from '../credentials/verifying/index.ts';
import type { Format } from '../provider/types.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';

export interface VerifyOptions {
  /** The nonce this proof was asked for with: base64url, at least 16 bytes, never accepted twice by you. */
  readonly nonce: string;
  readonly issuers: readonly TrustedIssuer[];
  /** Accepted credential types (`vct`). Required unless every issuer entry names types. */
  readonly types?: readonly string[];
  /** Default: the clock. 30 s of skew; a key binding is accepted for 5 minutes. */
  readonly now?: Date;
  /**
   * How to ask whether a credential was revoked: the function that fetches its status list; or `skip` to accept it
   * unasked. Without it a credential that could have been revoked throws.
   */
  readonly status?: 'skip' | StatusFetch;
  /** Accept proofs without a holder key (`bbs`, `bbs+`): whoever has a copy of such a credential can show it. */
  readonly bearer?: boolean;
}

/**
 * Gives the status list token at a URI: the compact JWT that the issuer's server answers with, as text. Called at most
 * once for a proof, and only when that is otherwise valid. `uri` is https (or http on this machine) and comes from a
 * credential that an issuer of yours signed. A list is the same for everybody: keep it for as many seconds as its `ttl`
 * says, and the issuer learns less of who was here.
 * @example
 * const kept = new Map<string, { readonly list: string; readonly until: number }>();
 * const status: StatusFetch = async (uri) => {
 *   const known = kept.get(uri);
 *   if (known !== undefined && known.until > Date.now()) return known.list;
 *   const answer = await fetch(uri, { headers: { Accept: 'application/statuslist+jwt' }, redirect: 'error' });
 *   if (!answer.ok) throw new Error(`${uri} answered ${answer.status}`);
 *   const list = await answer.text();
 *   kept.set(uri, { list, until: Date.now() + 300_000 });
 *   return list;
 * };
 */
export type StatusFetch = (uri: string) => Promise<string>;

export type VerifyResult =
  | {
      readonly valid: true;
      /** What was asked, by the name it was asked by. */
      readonly claims: Readonly<Record<string, unknown>>;
      readonly issuer: string;
      readonly format: Format;
      /**
       * base64url SHA-256 thumbprint of the holder's key (RFC 7638). A wallet uses one key per visit where it can.
       * `none` for `bbs` and `bbs+`: nobody is shown to hold the credential.
       */
      readonly holder: string;
      /** When the credential expires, where it does. */
      readonly expires: Date | undefined;
      /** Names of what was disclosed or proven, sorted. */
      readonly scope: readonly string[];
    }
  | {
      readonly valid: false;
      readonly reason: RefusalReason;
      /** One sentence for developers; holds no claim's value. */
      readonly detail: string;
    };
