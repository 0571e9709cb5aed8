import type { VaultJournal, VaultReader } from '../vault/index.ts';
import { checkpointIn } from './checkpoint.ts';
import { EMPTY_POLICY_HASH } from './entry.ts';
import { dropInInbox, emptyInbox } from './inbox.ts';
import { appendEntry, stateIn } from './ledger.ts';
import { rememberFormerKey } from './log-keys.ts';

/** The base64url hash of the policy set in force, as a transaction sees it. */
export type PolicyInForceHash = (tx: VaultReader) => Promise<string>;

const noPolicy: PolicyInForceHash = () => Promise.resolve(EMPTY_POLICY_HASH);

/** The vault's journal, kept in the audit log: pass it to VaultKeeper. */
export const auditJournal = (policy: PolicyInForceHash = noPolicy): Required<VaultJournal> => ({
  async append(tx, event) {
    await appendEntry(tx, event, await policy(tx));
  },
  appendLocked: dropInInbox,
  async collect(tx, time) {
    const { entries, dropped } = await emptyInbox(tx);
    if (entries.length === 0 && dropped === 0) return;
    const hash = await policy(tx);
    for (const entry of entries) await appendEntry(tx, entry, hash);
    if (dropped === 0) return;
    await appendEntry(tx, { kind: 'inbox.dropped', subject: String(dropped), time }, hash);
  },
  moved: rememberFormerKey,
  async close(tx, time) {
    await checkpointIn(tx, await stateIn(tx, time), time);
  },
});
