import { SignetError } from '../../lib/core/index.ts';
import { agentsCheck, bridgeCheck, walletCheck } from './agents.ts';
import type { Check, Finding, Surroundings } from './check.ts';
import { notWell } from './check.ts';
import { checksCheck } from './checks.ts';
import { folderCheck } from './folder.ts';
import { hookCheck } from './hook.ts';
import { ledgerCheck } from './ledger.ts';
import { nodeCheck } from './node.ts';
import { policyCheck } from './policy.ts';
import { preflightCheck } from './preflight.ts';
import { vaultCheck } from './vault.ts';
import { verificationCheck } from './verification.ts';

export type { Finding, State, Surroundings } from './check.ts';

/** All that is looked at, in the order in which one thing rests on another. One file each. */
const CHECKS: readonly Check[] = [
  nodeCheck,
  folderCheck,
  policyCheck,
  preflightCheck,
  checksCheck,
  ledgerCheck,
  hookCheck,
  vaultCheck,
  verificationCheck,
  bridgeCheck,
  walletCheck,
  agentsCheck,
];

export interface Named extends Finding {
  readonly name: string;
}

/** Looks at everything; what cannot be looked at is not well. */
export async function examine(at: Surroundings): Promise<readonly Named[]> {
  const found: Named[] = [];
  for (const check of CHECKS) found.push({ name: check.name, ...(await lookWith(check, at)) });
  return found;
}

async function lookWith(check: Check, at: Surroundings): Promise<Finding> {
  try {
    return await check.look(at);
  } catch (error) {
    return notWell(`This cannot be looked at: ${SignetError.from(error).message}`);
  }
}
