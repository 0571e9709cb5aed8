import { auditJournal } from '../audit/index.ts';
import { rekeyAnswers } from '../policy/index.ts';
import type { VaultJournal } from '../vault/index.ts';

/** What the vault writes down of itself: the log; and after a move the answers of the person, under the new keys. */
export function walletJournal(): Required<VaultJournal> {
  const audit = auditJournal();
  return {
    ...audit,
    async moved(tx, from) {
      await audit.moved(tx, from);
      await rekeyAnswers(tx, from);
    },
  };
}
