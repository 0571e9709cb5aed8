import { SignetError } from '../../lib/core/index.ts';
import type { CompiledPolicy, Place } from '../../lib/spl/index.ts';
import { PolicyError, compilePolicy, formatPolicy } from '../../lib/spl/index.ts';
import { readKnownText, readRequestText } from './known-facts.ts';

/** What stands in the editor: a policy, and as JSON a request and what a verifier knows. */
export interface Draft {
  readonly policy: string;
  readonly request: string;
  readonly known: string;
}

/** Something that keeps a policy from holding, or from being one, and where it is. */
export interface Finding {
  readonly message: string;
  readonly place: Place;
}

/** What comes of a draft. `unread`: it is no policy; `unasked`: it is one, and there is nothing to judge by it. */
export type Outcome =
  | { readonly kind: 'empty' | 'unasked' | 'allowed' }
  | { readonly kind: 'unread' | 'denied'; readonly findings: readonly Finding[] };

export interface Judged {
  readonly outcome: Outcome;
  /** The worst-case cost, where it is a policy. */
  readonly cost?: number | undefined;
  /** The policy in the canonical layout, where it has one. */
  readonly tidy?: string | undefined;
  readonly requestError?: SignetError | undefined;
  readonly knownError?: SignetError | undefined;
}

/** Judges what stands in the editor, and never throws: whatever is wrong with it is told. */
export function judge(draft: Draft): Judged {
  const request = attempt(() => readRequestText(draft.request));
  const known = attempt(() => readKnownText(draft.known));
  const errors = { requestError: request.error, knownError: known.error };
  if (draft.policy.trim() === '') return { outcome: { kind: 'empty' }, ...errors };

  const { value: policy, error } = attempt(() => compilePolicy(draft.policy));
  if (policy === undefined) return { outcome: unread(error), ...errors };
  const outcome: Outcome =
    request.value === undefined || known.value === undefined
      ? { kind: 'unasked' }
      : outcomeOf(policy, request.value, known.value);
  return { outcome, cost: policy.cost, tidy: tidied(policy), ...errors };
}

function outcomeOf(policy: CompiledPolicy, ...given: Parameters<CompiledPolicy['decide']>): Outcome {
  const decision = policy.decide(...given);
  return decision.allowed ? { kind: 'allowed' } : { kind: 'denied', findings: decision.reasons };
}

function unread(error: SignetError | undefined): Outcome {
  if (!(error instanceof PolicyError)) return { kind: 'unread', findings: [] };
  return { kind: 'unread', findings: [{ message: error.problem, place: error.place }] };
}

/** Undefined too where the layout is over the limit that its source kept. */
const tidied = ({ expression }: CompiledPolicy): string | undefined => attempt(() => formatPolicy(expression)).value;

function attempt<T>(work: () => T): { readonly value?: T; readonly error?: SignetError } {
  try {
    return { value: work() };
  } catch (thrown) {
    return { error: SignetError.from(thrown) };
  }
}
