import type { ToolName } from './names.ts';

/** What a program is told about a tool besides what it takes: the words are for a model, the hints for its program. */
export interface Advertised {
  readonly title: string;
  readonly description: string;
  /** As the Model Context Protocol has them (2026-07-28, ToolAnnotations). */
  readonly annotations: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
}

/** No tool reaches further than the person's own vault: what comes of an answer, the program does itself. */
const hints = (readOnlyHint: boolean, destructiveHint: boolean, idempotentHint: boolean) => ({
  readOnlyHint,
  destructiveHint,
  idempotentHint,
  openWorldHint: false,
});

const READS = hints(true, false, true);

export const ADVERTISED: Readonly<Record<ToolName, Advertised>> = {
  store_data: {
    title: 'Keep something in the vault',
    description:
      'Keeps a value under a label in the vault of the person. A value that is there already under this label may be replaced. ' +
      'Tier 3 waits for the person. What is kept can be proven or reasoned about later, and never be read back.',
    annotations: hints(false, true, true),
  },
  list_data: {
    title: 'List what the vault has',
    description: 'Lists labels, types and tiers of what the person keeps, and no value of any.',
    annotations: READS,
  },
  get_proof: {
    title: 'Get a proof',
    description:
      'Makes a proof about the person for one site: that an age is reached, that a claim has a value, that a number is within a ' +
      'bound. The nonce must come from the site that will check the proof: a proof with an invented one is worth nothing. ' +
      'Hand the proof to that site as it is.',
    annotations: hints(false, false, false), // it is written down, and may use up one copy of a credential
  },
  query: {
    title: 'Ask for a conclusion',
    description:
      'Draws one conclusion from what the vault has, in it, and tells where it comes from. The query is op(label, …): ' +
      'has("Passport"), at_least("Monthly income", 3000), at_most(label, n), between(label, n, m), age_at_least("Birth date", 18), ' +
      'count(label), category(label). One bound for each label: asking again with another one to find a number does not work.',
    annotations: hints(false, false, true), // the bound that was asked for is remembered
  },
  request_capability: {
    title: 'Ask for a capability',
    description:
      'Asks for a token that lets its holder do one thing at one site, such as spend at most 150 USD once. It counts against what ' +
      'the person lets this program spend. Ask for no more than the task needs.',
    annotations: hints(false, true, false), // what it may spend is spent
  },
  negotiate_context: {
    title: 'Find out what may be told',
    description:
      'Says for each attribute that somebody asks for whether it may be shown, must be proven instead, or neither, and why. ' +
      'Nothing is disclosed. Use it before get_proof when the other side asks for much.',
    annotations: READS,
  },
  check_status: {
    title: 'See what came of a request',
    description:
      'Says what came of an answer that was pending, and waits for it for up to 25 seconds. What the person allowed is handed ' +
      'over once. What is not decided in time is denied.',
    annotations: hints(false, false, false), // the answer is taken
  },
};

/** What a model reads before it sees any tool. */
export const INSTRUCTIONS = [
  'Signet is the wallet in the browser of the person you work for. Its tools give proofs, conclusions and capabilities, never the data behind them.',
  'No tool gives a value from Tier 2 or 3 to anybody: do not ask the person for it instead.',
  'An answer with status "pending" means that the person is asked in their browser. Say so, then call check_status with its request_id after poll_after_ms. Only they can decide, and only there: no answer of yours counts.',
  'An answer with status "denied" is final: tell the person why, and do not ask again in other words.',
  'Nonces come from the site that will check a proof. Never make one up.',
].join('\n');
