import type { AuthorityIssuer } from '../../lib/sdk/index.ts';
import { Refusal } from '../http.ts';

/** Milliseconds that a bank may take to answer. */
const PATIENCE = 5_000;

/**
 * A bank that the shop believes, as the SDK wants it: its keys by value, fetched now, and a way to ask it at each
 * payment whether its word still stands.
 * @param origin the bank's
 */
export async function believedBank(origin: string): Promise<AuthorityIssuer> {
  const answer = await ask(`${origin}/.well-known/signet-authority.json`);
  const { keys } = (await answer.json()) as { readonly keys: readonly string[] }; // checked by the SDK
  return { authority: origin, keys, isRevoked: (jti) => isRevoked(origin, jti) };
}

/**
 * Whether a bank took a limit back. The bank learns with it that somebody who has this limit is in this shop, and
 * nothing of what they buy.
 * @throws Refusal when it does not say: who cannot ask does not sell
 */
async function isRevoked(origin: string, jti: string): Promise<boolean> {
  const said: unknown = await ask(`${origin}/revoked/${encodeURIComponent(jti)}`)
    .then((answer) => answer.json())
    .catch(() => undefined);
  if (typeof said === 'object' && said !== null && 'revoked' in said && typeof said.revoked === 'boolean') {
    return said.revoked;
  }
  throw new Refusal(503, 'Your bank does not answer just now, so we cannot take this. Nothing was taken.');
}

async function ask(url: string): Promise<Response> {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}.`);
  return answer;
}
