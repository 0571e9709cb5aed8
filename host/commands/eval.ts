import { systemClock } from '../../lib/core/index.ts';
import type { CompiledPolicy, Decision, ToolCall } from '../../lib/tool-policy/index.ts';
import { denyMalformed, formatHookOutput, readHookInput } from '../../lib/tool-policy/index.ts';
import { EXIT } from '../command.ts';
import { CallDecider } from '../decide-call.ts';
import { defineCommand } from '../define-command.ts';
import { Ledger } from '../keeping/ledger.ts';
import { policyFolder } from '../keeping/policy-folder.ts';
import { policyInForce, preflightInForce } from '../keeping/policy-in-force.ts';
import { readInput, writeLine } from '../standard-streams.ts';

export const evalCommand = defineCommand({
  operands: '',
  options: {
    policy: { type: 'string', value: 'FILE', about: "a policy file that is not the folder's" },
  },
  notes: [
    'Reads {"tool_name": …, "tool_input": {…}} from standard input, and writes one line of JSON with allow, deny or ask.',
    'As a PostToolUse hook it counts calls that were asked about and then done.',
    'Always exits with 0: what cannot be read is denied.',
  ],
  async run({ values: { policy } }) {
    writeLine(await answer(policy));
    return EXIT.good;
  },
  misused(problem) {
    writeLine(formatHookOutput(refuse(problem)));
    return EXIT.good;
  },
});

async function answer(policy: string | undefined): Promise<string> {
  let input;
  try {
    input = readHookInput(readInput());
  } catch (error) {
    return formatHookOutput(denyMalformed(error));
  }
  try {
    const folder = policyFolder();
    if (input.isAfter) return noteDone(folder.path, input.useId);
    const inForce = { policy: await policyInForce(folder, policy), preflight: await preflightInForce(folder) };
    const held = await heldFor(input.call, [inForce.policy.compiled, inForce.preflight]);
    const decider = new CallDecider(folder, { ...inForce, held }, systemClock);
    return formatHookOutput(await decider.decide(input));
  } catch {
    return formatHookOutput(refuse('Signet could not decide.'));
  }
}

/** The vault is asked only where a rule about this tool asks for it. */
async function heldFor(
  { tool }: ToolCall,
  policies: readonly (CompiledPolicy | undefined)[],
): Promise<ReadonlySet<string> | undefined> {
  const asked = policies.flatMap((one) => one?.rulesAbout(tool).flatMap(({ credentials }) => credentials) ?? []);
  if (asked.length === 0) return new Set();
  const { heldAmong } = await import('../vault/held-credentials.ts');
  return heldAmong(asked);
}

const refuse = (reason: string): Decision => ({ verdict: 'DENY', locked: false, reason });

/** The call is over: there is nothing to decide. */
function noteDone(folder: string, useId: string | undefined): string {
  let ledger: Ledger | undefined;
  try {
    const opened = (ledger = Ledger.open(folder));
    if (useId !== undefined) opened.alone(() => opened.markDone(useId));
  } catch {
    // The ledger is lost: until a person begins a new one, whatever spends is asked about.
  } finally {
    ledger?.close();
  }
  return '{}';
}
