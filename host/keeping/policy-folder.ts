import { join } from 'node:path';
import { ownFolder } from './own-folder.ts';

/** Where policy, checks, log and what was spent are kept: one folder. */
export interface PolicyFolder {
  readonly path: string;
  readonly policy: string;
  /** What says that the policy is the one that the person sealed; of those who did. */
  readonly seal: string;
  readonly checks: string;
  /** What was agreed on for the task at hand. */
  readonly preflight: string;
  /** Whom a verification server trusts. */
  readonly verification: string;
}

/** In the folder of configuration (see `ownFolder`). */
export function policyFolder(env: NodeJS.ProcessEnv = process.env): PolicyFolder {
  const path = ownFolder(env, 'XDG_CONFIG_HOME', '.config');
  return {
    path,
    policy: join(path, 'policy.yaml'),
    seal: join(path, 'policy.hmac'),
    checks: join(path, 'checks'),
    preflight: join(path, 'preflight.yaml'),
    verification: join(path, 'verification.yaml'),
  };
}
