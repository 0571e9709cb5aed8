import type { Clock, FetchJson, SecretBytes } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import { requestCredentials } from './credential-request.ts';
import type { OfferedCredential } from './discover.ts';
import type { IssuedCopy } from './session.ts';
import { startIssuance } from './token.ts';

/** One issued copy that is bound to a key, not yet verified. */
export interface ReceivedCredential extends IssuedCopy {
  readonly keyIndex: number;
}

export interface ReceiveOptions {
  /** P-256 holder keys, one per copy wanted; as many as `offered.copies` or fewer. They stay the caller's to dispose. */
  readonly keys: readonly SecretBytes[];
  /** As the person typed it, where the offer asks for one. */
  readonly transactionCode?: string;
  readonly fetchJson: FetchJson;
  readonly clock: Clock;
}

/**
 * Takes the first credential of an offer by a pre-authorized code, at once or not at all.
 * @returns the copies in the issuer's order, each matched with the key it is bound to, no key twice
 * @throws SignetError as `startIssuance` and `requestCredentials`; `unsupported` where it would come later
 */
export async function receiveCredentials(
  offered: OfferedCredential,
  options: ReceiveOptions,
): Promise<readonly ReceivedCredential[]> {
  const copies = await receiveNow(offered, options);
  return copies.map(({ keyIndex, ...copy }) => {
    if (keyIndex === undefined) throw new SignetError('internal', 'A credential came without its key.');
    return { ...copy, keyIndex };
  });
}

/**
 * Takes an offer of a BBS credential: it is bound to no key.
 * @returns the credential's text as it came, not yet verified
 * @throws SignetError as `receiveCredentials`
 */
export async function receiveBbsCredential(
  offered: OfferedCredential,
  options: Pick<ReceiveOptions, 'fetchJson' | 'clock' | 'transactionCode'>,
): Promise<string> {
  const [copy] = await receiveNow(offered, { ...options, keys: [] });
  if (copy === undefined) throw new SignetError('internal', 'A credential response was empty.');
  return copy.credential;
}

async function receiveNow(offered: OfferedCredential, options: ReceiveOptions): Promise<readonly IssuedCopy[]> {
  const { transactionCode } = options;
  const [session] = await startIssuance(
    offered,
    { type: 'pre-authorized_code', ...(transactionCode !== undefined && { transactionCode }) },
    { ...options, configurationIds: [offered.configuration.id] },
  );
  const { outcome } = await requestCredentials(session, options);
  if (outcome.kind === 'issued') return outcome.copies;
  throw new SignetError('unsupported', 'The issuer wants to deliver later, which Signet does not support yet.', {
    field: 'credential response.transaction_id',
  });
}
