/** What stands in the fields of the page. */
export interface Draft {
  readonly policy: string;
  readonly call: {
    readonly tool: string;
    /** What `text` is: a shell's command, a file's path, or all of the input as JSON. */
    readonly as: 'command' | 'path' | 'json';
    readonly text: string;
  };
  /** Actions that were allowed before, one a line. */
  readonly before: string;
  /** What was spent before, of every category: a decimal, or nothing. */
  readonly spent: string;
}

/** So long may each text be. */
export const LONGEST = 64 * 1024;
