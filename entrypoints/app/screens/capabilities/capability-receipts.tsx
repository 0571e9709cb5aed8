import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { amountWords } from '../../../../components/capability/amount-words.ts';
import { Icon } from '../../../../components/icon.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { dateAndTimeWords } from '../../../../components/time-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import { displayText } from '../../../../lib/core/index.ts';
import type { ReceiptView } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';

/** What a merchant signed for what it took, each to be copied as it was signed. */
export const CapabilityReceipts = ({
  receipts,
  expected,
  active,
}: {
  receipts: readonly ReceiptView[];
  /** The merchant named a key that it signs receipts with. */
  expected: boolean;
  active: boolean;
}) => (
  <section class="stack">
    <h2>{t('cap_receipts')}</h2>
    {receipts.length === 0 ? (
      <p class="soft">
        {t(expected ? (active ? 'cap_receipts_none_yet' : 'cap_receipts_none') : 'cap_receipts_never')}
      </p>
    ) : (
      <ul class="receipts">
        {receipts.map((receipt) => (
          <li key={receipt.raw}>
            <Receipt receipt={receipt} />
          </li>
        ))}
      </ul>
    )}
  </section>
);

const Receipt = ({ receipt: { amount, currency, at, items, raw } }: { receipt: ReceiptView }) => {
  const [copied, setCopied] = useState(false);
  const { busy, error, run } = useAction();
  const copy = () =>
    run(async () => {
      await navigator.clipboard.writeText(raw);
      setCopied(true);
    });
  return (
    <article class="receipt">
      <p class="receipt-sum">{amountWords(amount, currency)}</p>
      <div class="grow">
        {items !== '' && (
          <p>
            <bdi dir="auto">{displayText(items, 140)}</bdi>
          </p>
        )}
        <p class="small soft">
          <time dateTime={new Date(at).toISOString()}>{dateAndTimeWords(at)}</time>
        </p>
      </div>
      <Button look="quiet" busy={busy} onClick={copy}>
        <Icon name={copied ? 'check' : 'copy'} size={16} />
        {t('cap_receipt_copy')}
      </Button>
      <p role="status" class="small soft">
        {copied && t('cap_receipt_copied')}
      </p>
      <Problem error={error} />
    </article>
  );
};
