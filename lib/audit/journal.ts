import type { VaultJournal } from '../vault/index.ts';
import { checkpointIn } from './checkpoint.ts';
import { EMPTY_POLICY_HASH } from './entry.ts';
import { dropInInbox, emptyInbox } from './inbox.ts';
import { appendEntry, stateIn } from './ledger.ts';
import { rememberFormerKey } from './log-keys.ts';

/**
 * The vault's journal, kept in the audit log: pass it to VaultKeeper.
 * @param policy base64url hash of the policy set in force
 */
export const auditJournal = (policy: string = EMPTY_POLICY_HASH): Required<VaultJournal> => ({
  async append(tx, event) {
    await appendEntry(tx, event, policy);
  },
  appendLocked: dropInInbox,
  async collect(tx, time) {
    const { entries, dropped } = await emptyInbox(tx);
    for (const entry of entries) await appendEntry(tx, entry, policy);
    if (dropped === 0) return;
    await appendEntry(tx, { kind: 'inbox.dropped', subject: String(dropped), time }, policy);
  },
  moved: rememberFormerKey,
  async close(tx, time) {
    await checkpointIn(tx, await stateIn(tx, time), time);
  },
});
