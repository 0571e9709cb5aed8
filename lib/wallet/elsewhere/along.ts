import type { LoggedTx } from '../../audit/index.ts';
import { SignetError } from '../../core/index.ts';
import type { Ruled } from '../../notify/index.ts';
import { closeChallenge, listChallenges, readChallenge } from '../../notify/index.ts';
import type { PageRequest } from '../../requests/index.ts';

/** The field of `changed` that says that a question is gone. */
export const ANSWERED = 'elsewhere';

/** What else becomes true in the transaction that answers a request, or why it must not be answered. */
export type Along = (tx: LoggedTx) => Promise<void>;

/** The person answered in the browser: no answer from elsewhere counts any more. */
export const inBrowser =
  ({ id, agent }: PageRequest): Along =>
  async (tx) => {
    if (agent === undefined) return; // nobody is asked elsewhere for a page
    const asked = (await listChallenges(tx)).filter(({ requestId }) => requestId === id);
    for (const challenge of asked) await closeChallenge(tx, challenge.id);
  };

/**
 * The person answered elsewhere: the question is over, and the log says where the answer came from.
 * @throws SignetError changed, field `elsewhere`, where the question is gone: another worker was first
 */
export const fromElsewhere =
  ({ challenge, ruling }: Ruled, { agent = '' }: PageRequest): Along =>
  async (tx) => {
    if ((await readChallenge(tx, challenge.id))?.ruling === undefined) {
      throw new SignetError('changed', 'This was answered already.', { field: ANSWERED });
    }
    await closeChallenge(tx, challenge.id);
    await tx.log({ kind: ruling.decision === 'deny' ? 'elsewhere.denied' : 'elsewhere.allowed', subject: agent });
  };
