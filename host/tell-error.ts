import { SignetError } from '../lib/core/index.ts';
import { UsageError } from './command.ts';

/**
 * An error as it goes to standard error: a line for people, or one of JSON for machines. Of what is not ours only its kind
 * is told: its text may hold what was given. `SIGNET_DEBUG=1` shows all of it.
 */
export function tellError(error: unknown, isJson: boolean, env: NodeJS.ProcessEnv = process.env): string {
  const { code, message } = describe(error);
  const told = isJson ? JSON.stringify({ error: { code, message } }) : message;
  return `${told}\n${env['SIGNET_DEBUG'] === '1' ? `${traceOf(error)}\n` : ''}`;
}

function describe(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof UsageError) return { code: 'usage', message: error.message };
  if (error instanceof SignetError) return { code: error.reason, message: error.message };
  const message = `Something went wrong inside Signet (${kindOf(error)}). SIGNET_DEBUG=1 shows where.`;
  return { code: 'internal', message };
}

/** The system's own code, such as ENOSPC, or the name of the error's class. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = 'code' in error && typeof error.code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(error.code);
  return code ? String(error.code) : /^\w+$/.test(error.name) ? error.name : 'Error';
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const trace = error.stack ?? error.message;
  return error.cause === undefined ? trace : `${trace}\nbecause of ${traceOf(error.cause)}`;
}
