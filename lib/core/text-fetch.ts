/** One request for text of one media type, or of some: a GET, or with `form` a POST. */
export interface TextRequest {
  /** https, or http on this machine. */
  readonly url: string;
  /** The only media types that are taken, in lower case, without parameters. */
  readonly type: string | readonly string[];
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string>>;
}

/**
 * The door to the network for what is not JSON. It settles within its own limits of time and size and rejects with a
 * SignetError `network` or `issuer_refused` when there is no such text.
 */
export type FetchText = (request: TextRequest) => Promise<string>;
