import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import type { LimitDraft } from '../../../../components/capability/limit-draft.ts';
import { draftOf, limitIn, LIMIT_SPANS } from '../../../../components/capability/limit-draft.ts';
import { meaningWords } from '../../../../components/capability/limit-words.ts';
import { Dialog } from '../../../../components/dialog.tsx';
import { Choices, TextField } from '../../../../components/fields.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { useAction } from '../../../../components/use-action.ts';
import type { LimitView } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';

/** A limit to write or to change: how much, of what, in which time, and at which site if at one alone. */
export const LimitEdit = ({
  was,
  others,
  onSave,
  onClose,
}: {
  was: LimitView | undefined;
  others: readonly LimitView[];
  onSave: (limit: LimitView) => Promise<void>;
  onClose: () => void;
}) => {
  const [draft, setDraft] = useState<LimitDraft>(() => draftOf(was));
  const [tried, setTried] = useState(false);
  const { busy, error, run } = useAction();
  const change = (part: Partial<LimitDraft>) => setDraft({ ...draft, ...part });
  const read = limitIn(draft, others);
  const problem = (field: string) => (tried && 'problem' in read && read.field === field ? t(read.problem) : undefined);

  const save = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (!('limit' in read)) return;
    run(async () => {
      await onSave(read.limit);
      onClose();
    });
  };

  return (
    <Dialog title={t(was === undefined ? 'limit_new_title' : 'limit_change_title')} onClose={onClose}>
      <form class="stack" onSubmit={save}>
        <div class="limit-sum">
          <TextField
            label={t('limit_amount')}
            inputMode="decimal"
            maxLength={18}
            value={draft.amount}
            onInput={(amount) => change({ amount })}
            problem={problem('amount')}
          />
          <TextField
            label={t('limit_currency')}
            maxLength={3}
            value={draft.currency}
            onInput={(currency) => change({ currency })}
            problem={problem('currency')}
          />
        </div>
        <Choices
          legend={t('limit_span')}
          value={draft.per}
          options={LIMIT_SPANS.map((value) => ({ value, label: t(`limit_span_${value}`) }))}
          onChange={(per) => change({ per })}
        />
        <TextField
          label={t('limit_site')}
          hint={t('limit_site_hint')}
          value={draft.site}
          onInput={(site) => change({ site })}
          problem={problem('site')}
        />
        <p role="status" class="soft">
          {'limit' in read && meaningWords(read.limit)}
        </p>
        <Problem error={problem('all') ?? error} />
        <div class="actions">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" look="primary" busy={busy}>
            {t('save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
