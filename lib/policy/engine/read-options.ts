/** What reading a rule may look up. */
export interface ReadOptions {
  /** Whether a host is a public suffix: a rule about everybody's sites at once is refused. */
  readonly isPublicSuffix?: (host: string) => boolean;
}
