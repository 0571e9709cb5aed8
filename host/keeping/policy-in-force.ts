import { readFileSync, statSync } from 'node:fs';
import { SignetError } from '../../lib/core/index.ts';
import type { CompiledPolicy, ToolPolicy } from '../../lib/tool-policy/index.ts';
import type { PolicyProblem } from '../../lib/tool-policy/reading/index.ts';
import { compilePolicy, defaultPolicy, withLockedRules } from '../../lib/tool-policy/index.ts';
import type { PolicyFolder } from './policy-folder.ts';

/** The rules that decide, and where they are from. */
export interface PolicyInForce {
  readonly compiled: CompiledPolicy;
  readonly from: 'file' | 'default';
  readonly problems: readonly PolicyProblem[];
}

const MAX_BYTES = 1024 * 1024;

/**
 * The policy file behind the locked rules; the default rules where there is none. A file that cannot be read whole does
 * not stand: the good rules in it still deny, and nothing is allowed unasked.
 * @param named another file, by the person's word: then it has to be there
 */
export async function policyInForce(folder: PolicyFolder, named?: string): Promise<PolicyInForce> {
  const file = named ?? folder.policy;
  let text: string | undefined;
  try {
    text = readPlainFile(file);
  } catch (error) {
    return defaultsInDoubt(folder, `${file} cannot be read: ${SignetError.from(error).message}`);
  }
  if (text !== undefined) return readInForce(folder, file, text);
  if (named !== undefined) return defaultsInDoubt(folder, `${file} is not there.`);
  return { compiled: compilePolicy(defaultPolicy(folder.path)), from: 'default', problems: [] };
}

/**
 * The constraints of the task at hand: rules that only deny or ask. A file that cannot be read whole makes everything asked
 * about. @returns undefined where there is none
 */
export async function preflightInForce(folder: PolicyFolder): Promise<CompiledPolicy | undefined> {
  let text: string | undefined;
  try {
    text = readPlainFile(folder.preflight);
  } catch {
    return compilePolicy(NO_RULES, `${folder.preflight} cannot be read.`);
  }
  if (text === undefined) return undefined;
  const { describeProblem, readPolicy } = await import('../../lib/tool-policy/reading/index.ts');
  const { policy = NO_RULES, problems } = readPolicy(text);
  const [first] = problems;
  const restricting = policy.rules.filter(({ action }) => action === 'DENY' || action === 'ASK');
  const doubt = first === undefined ? undefined : `${folder.preflight} has a mistake: ${describeProblem(first)}`;
  return compilePolicy({ ...NO_RULES, rules: restricting }, doubt);
}

const NO_RULES: ToolPolicy = { version: 1, default_action: 'ALLOW', rules: [] };

/** The default rules, where there should be others. */
export const defaultsInDoubt = (folder: PolicyFolder, doubt: string): PolicyInForce => ({
  compiled: compilePolicy(defaultPolicy(folder.path), doubt),
  from: 'default',
  problems: [],
});

/** Who has no file of rules does not pay for what reads it. */
async function readInForce(folder: PolicyFolder, file: string, text: string): Promise<PolicyInForce> {
  const { describeProblem, readPolicy } = await import('../../lib/tool-policy/reading/index.ts');
  const { policy, problems } = readPolicy(text);
  const [first] = problems;
  if (policy === undefined) {
    const why = first === undefined ? '' : ` ${describeProblem(first)}`;
    return { ...defaultsInDoubt(folder, `The policy file ${file} cannot be read:${why}`), problems };
  }
  const doubt = first === undefined ? undefined : `The policy file ${file} has a mistake: ${describeProblem(first)}`;
  return { compiled: compilePolicy(withLockedRules(policy, folder.path), doubt), from: 'file', problems };
}

/** @returns undefined where there is no such file @throws SignetError when it is no plain file, or cannot be read */
function readPlainFile(file: string): string | undefined {
  try {
    const { size } = assertPlain(statSync(file));
    if (size > MAX_BYTES) throw new SignetError('bad_request', 'it is too large.');
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof SignetError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT') return undefined;
    throw new SignetError('not_found', `${code === '' ? 'something went wrong' : code}.`, { cause: error });
  }
}

function assertPlain<Stats extends { isFile(): boolean }>(stats: Stats): Stats {
  if (!stats.isFile()) throw new SignetError('bad_request', 'it is no plain file.');
  return stats;
}
