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
  /** Whether there is a seal beside the file, good or not. */
  readonly isSealed: boolean;
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
  if (text !== undefined) {
    return named === undefined ? readUnderSeal(folder, text) : readInForce(folder, file, text);
  }
  if (named !== undefined) return defaultsInDoubt(folder, `${file} is not there.`);
  return { compiled: compilePolicy(defaultPolicy(folder.path)), from: 'default', problems: [], isSealed: false };
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
  isSealed: false,
});

/**
 * The folder's file, held to its seal where there is one. Not the one that was sealed: the default rules, in doubt. The vault
 * cannot say: its own rules, in doubt. Who has sealed nothing does not pay for the vault.
 */
async function readUnderSeal(folder: PolicyFolder, text: string): Promise<PolicyInForce> {
  const seal = readSeal(folder);
  if (seal === undefined) return readInForce(folder, folder.policy, text);
  const { checkSeal } = await import('../vault/policy-seal.ts');
  switch (await checkSeal(text, seal)) {
    case 'good':
      return { ...(await readInForce(folder, folder.policy, text)), isSealed: true };
    case 'wrong':
      return { ...defaultsInDoubt(folder, `${folder.policy} is not the file that was sealed.`), isSealed: true };
    case 'unknown': {
      const doubt = `${folder.policy} is sealed, and the vault that could check it is locked or does not answer.`;
      return { ...(await readInForce(folder, folder.policy, text, doubt)), isSealed: true };
    }
  }
}

/** A seal that cannot be read is none that is good. */
function readSeal({ seal }: PolicyFolder): string | undefined {
  try {
    return readPlainFile(seal);
  } catch {
    return '';
  }
}

/** Who has no file of rules does not pay for what reads it. @param beforehand what is in doubt already */
async function readInForce(
  folder: PolicyFolder,
  file: string,
  text: string,
  beforehand?: string,
): Promise<PolicyInForce> {
  const { describeProblem, readPolicy } = await import('../../lib/tool-policy/reading/index.ts');
  const { policy, problems } = readPolicy(text);
  const [first] = problems;
  if (policy === undefined) {
    const why = first === undefined ? '' : ` ${describeProblem(first)}`;
    return { ...defaultsInDoubt(folder, `The policy file ${file} cannot be read:${why}`), problems };
  }
  const doubt = first === undefined ? beforehand : `The policy file ${file} has a mistake: ${describeProblem(first)}`;
  const compiled = compilePolicy(withLockedRules(policy, folder.path), doubt);
  return { compiled, from: 'file', problems, isSealed: false };
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
