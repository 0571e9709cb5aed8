import { EMPTY_POLICY_HASH, auditJournal } from '../../audit/index.ts';
import { endOffersOfFormerKeys } from '../../capabilities/index.ts';
import { rekeyAnswers } from '../../policy/index.ts';
import type { PolicyBook } from '../../policy/index.ts';
import type { VaultJournal } from '../../vault/index.ts';

/**
 * What the vault writes down of itself: the log; and after a move the answers of the person, under the new keys, and the
 * end of what was offered to the old ones.
 */
export function walletJournal(book: PolicyBook): Required<VaultJournal> {
  // Rules that cannot be read must not keep a vault from being opened: whatever they decide says what is wrong.
  const audit = auditJournal((reader) => book.hash(reader).catch(() => EMPTY_POLICY_HASH));
  return {
    ...audit,
    async moved(tx, from) {
      await audit.moved(tx, from);
      await rekeyAnswers(tx, from);
      await endOffersOfFormerKeys(tx);
    },
  };
}
