import { amountWords } from '../../components/capability/amount-words.ts';
import { Rich } from '../../components/rich.tsx';
import { displayText } from '../../lib/core/index.ts';
import type { TransactionView } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { Section } from './frame.tsx';

/** What the yes authorises beside telling something: the first thing to read. */
export const Transactions = ({ transactions }: { transactions: readonly TransactionView[] }) => (
  <Section title={t('transaction_title')}>
    {transactions.map((transaction, index) => (
      // Nothing tells two of them apart but their place, which does not change.
      <Transaction key={index} transaction={transaction} />
    ))}
  </Section>
);

const Transaction = ({ transaction }: { transaction: TransactionView }) => {
  switch (transaction.type) {
    case 'payment':
      return (
        <p class="could">
          <Rich
            message="transaction_pay"
            parts={[
              <strong class="sum">{amountWords(transaction.amount, transaction.currency)}</strong>,
              <bdi dir="auto">{displayText(transaction.payee, 160)}</bdi>,
            ]}
          />
        </p>
      );
    case 'text':
      return (
        <blockquote class="agreed" dir="auto">
          {displayText(transaction.text, 2000)}
        </blockquote>
      );
  }
};
