import { canonicalJson } from '../lib/core/index.ts';
import type {
  CheckResult,
  CompiledPolicy,
  Decision,
  HookInput,
  Memory,
  Pending,
  PreflightOutcome,
  ToolCall,
} from '../lib/tool-policy/index.ts';
import { LOCKOUT, LOST_MEMORY, ZERO, applyPreflight, decide, settle, spendingOf } from '../lib/tool-policy/index.ts';
import { Ledger } from './keeping/ledger.ts';
import type { PolicyFolder } from './keeping/policy-folder.ts';
import type { PolicyInForce } from './keeping/policy-in-force.ts';
import { defaultsInDoubt } from './keeping/policy-in-force.ts';

const MAX_CHECKS = 4;
const DETAIL_BYTES = 500;

/** What decides. */
export interface InForce {
  readonly policy: PolicyInForce;
  /** Of the task at hand. */
  readonly preflight: CompiledPolicy | undefined;
  /** Which of the credentials that rules ask for the vault holds; undefined where it does not answer. */
  readonly held: ReadonlySet<string> | undefined;
}

/** Decides about a call and keeps the decision, in one step that no other process comes between. */
export class CallDecider {
  readonly #folder: PolicyFolder;
  readonly #policy: PolicyInForce;
  readonly #preflight: CompiledPolicy | undefined;
  readonly #held: ReadonlySet<string> | undefined;
  readonly #now: () => number;

  constructor(folder: PolicyFolder, { policy, preflight, held }: InForce, now: () => number) {
    this.#folder = folder;
    this.#policy = policy;
    this.#preflight = preflight;
    this.#held = held;
    this.#now = now;
  }

  /** A rule may hang on a check, which takes its time: what is decided with its result is decided anew. */
  async decide(input: HookInput): Promise<Decision> {
    const results = new Map<string, CheckResult>();
    for (let checks = 0; checks <= MAX_CHECKS; checks++) {
      const decision = this.#decideOnce(input, results);
      if (decision.verdict !== 'ENSURE') return decision;
      const { runCheck } = await import('./run-check.ts');
      results.set(decision.ensure.check, await runCheck(this.#folder.checks, decision, input.call));
    }
    return { verdict: 'DENY', locked: false, reason: 'The checks did not come to an end.' };
  }

  #decideOnce(input: HookInput, results: ReadonlyMap<string, CheckResult>): Decision | Pending {
    let ledger: Ledger | undefined;
    try {
      ledger = Ledger.open(this.#folder.path);
      return this.#decideWith(ledger, input, results);
    } catch {
      return this.#decideUnkept(input.call, results);
    } finally {
      ledger?.close();
    }
  }

  #decideWith(ledger: Ledger, input: HookInput, results: ReadonlyMap<string, CheckResult>): Decision | Pending {
    return ledger.alone(() => {
      if (this.#policy.from === 'file') ledger.rememberPolicy();
      if (this.#policy.isSealed) ledger.rememberSeal();
      const memory = this.#memoryOf(ledger);
      const first = this.#weigh(input.call, memory, results, this.#lossOf(ledger));
      const { decision, isViolation } = this.#constrain(first, input.call, memory, ledger.violations());
      if (isViolation) ledger.addViolation();
      if (decision.verdict !== 'ENSURE') ledger.add(this.#entryOf(input, decision));
      return decision;
    });
  }

  /** What cannot be kept cannot be counted: a call that spends is asked about. */
  #decideUnkept(call: ToolCall, results: ReadonlyMap<string, CheckResult>): Decision | Pending {
    const first = this.#weigh(call, LOST_MEMORY, results, undefined);
    const { decision } = this.#constrain(first, call, LOST_MEMORY, LOCKOUT);
    const spends = spendingOf(call, this.#policy.compiled.amountFields).amount > ZERO;
    if (decision.verdict !== 'ALLOW' || !spends) return decision;
    return {
      verdict: 'ASK',
      locked: false,
      reason: 'What this spends cannot be counted: the ledger cannot be written.',
    };
  }

  #memoryOf(ledger: Ledger): Memory {
    return {
      spent: (category) => ledger.spent(category),
      hasRecent: (terms, within) => ledger.hasRecent(terms, within),
      hasCredential: (name) => this.#held?.has(name),
    };
  }

  /** What was there before and is not any more, in a sentence. */
  #lossOf(ledger: Ledger): string | undefined {
    const { from, isSealed, compiled } = this.#policy;
    const { policy, seal } = this.#folder;
    if (from === 'default')
      return compiled.doubt === undefined && ledger.knowsPolicy() ? `The policy file ${policy} is gone.` : undefined;
    return !isSealed && ledger.knowsSeal() ? `The seal of the policy file, ${seal}, is gone.` : undefined;
  }

  /** @param loss why the rules are not those that should decide */
  #weigh(call: ToolCall, memory: Memory, results: ReadonlyMap<string, CheckResult>, loss: string | undefined) {
    const { compiled } = loss === undefined ? this.#policy : defaultsInDoubt(this.#folder, loss);
    const decision = decide(compiled, call, memory);
    if (decision.verdict !== 'ENSURE') return decision;
    const result = results.get(decision.ensure.check);
    return result === undefined ? decision : settle(decision, result);
  }

  /** Once the checks are done. */
  #constrain(decision: Decision | Pending, call: ToolCall, memory: Memory, violations: number): PreflightOutcome {
    if (this.#preflight === undefined || decision.verdict === 'ENSURE') return { decision, isViolation: false };
    return applyPreflight(decision, this.#preflight, call, memory, violations);
  }

  #entryOf({ call, useId }: HookInput, { verdict, rule }: Decision) {
    const spending = spendingOf(call, this.#policy.compiled.amountFields);
    return { time: this.#now(), tool: call.tool, verdict, rule, detail: detailOf(call), spending, useId };
  }
}

/** What a call is about, in a line: its command or file where it has one, and not what it writes there. */
function detailOf({ input }: ToolCall): string {
  const telling = ['command', 'cmd', 'file_path', 'path', 'url'].map((field) => input[field]);
  const text = telling.find((value) => typeof value === 'string') ?? canonicalJson(input);
  return cutBytes(text.toWellFormed(), DETAIL_BYTES);
}

/** At most so many bytes of UTF-8, and no character by halves. */
function cutBytes(text: string, most: number): string {
  const bytes = Buffer.from(text.slice(0, most));
  if (bytes.length <= most) return text.slice(0, most).toWellFormed();
  return bytes
    .subarray(0, most)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
}
