export interface RecoveryReport {
  /** What is wrong, in words. */
  readonly problem: string;
  /** Whether the header can be read. */
  readonly header: boolean;
  /** How many rows there are. */
  readonly records: number;
}
