import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

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

/**
 * `SIGNET_DIR`, else `signet` in the folder of configuration (XDG Base Directory Specification: `XDG_CONFIG_HOME`, which
 * counts only when absolute, else `~/.config`).
 */
export function policyFolder(env: NodeJS.ProcessEnv = process.env): PolicyFolder {
  const { SIGNET_DIR: own, XDG_CONFIG_HOME: xdg } = env;
  const config = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.config');
  const path = own === undefined || own === '' ? join(config, 'signet') : resolve(own);
  return {
    path,
    policy: join(path, 'policy.yaml'),
    seal: join(path, 'policy.hmac'),
    checks: join(path, 'checks'),
    preflight: join(path, 'preflight.yaml'),
    verification: join(path, 'verification.yaml'),
  };
}
