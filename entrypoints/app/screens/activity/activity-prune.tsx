import { useEffect, useState } from 'preact/hooks';
import { dayStart } from '../../../../components/audit-filter.ts';
import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { TextField } from '../../../../components/fields.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { countWords } from '../../../../components/count-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { readPage } from './activity-pages.ts';

/** The last entry that would go: undefined while it is looked for, null when nothing is that old. */
type Last = number | null | undefined;

/** Lets old entries go, after saying what that means: what was exported, or what the person says they do not need. */
export const ActivityPrune = ({
  exported,
  onClose,
  onExport,
  onPruned,
}: {
  exported: boolean;
  onClose: () => void;
  onExport: () => void;
  onPruned: () => void;
}) => {
  const [day, setDay] = useState(aYearAgo);
  const [unneeded, setUnneeded] = useState(false);
  const [word, setWord] = useState('');
  const [tried, setTried] = useState(false);
  const [last, lookError] = useLastBefore(day);
  const { busy, error, run } = useAction();
  const isWord = word.trim().toLowerCase() === t('activity_prune_word');

  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (typeof last !== 'number' || !(exported || unneeded) || !isWord) return;
    run(async () => {
      await ask('audit.prune', { before: last + 1, confirm: 'prune' });
      onPruned();
    });
  };

  return (
    <Dialog title={t('activity_prune_title')} onClose={onClose}>
      <form class="stack" onSubmit={submit} autocomplete="off">
        <p>{t('activity_prune_lost')}</p>
        <TextField
          label={t('activity_prune_day')}
          type="date"
          value={day}
          onInput={setDay}
          problem={tried && dayStart(day) === undefined ? t('activity_prune_day_missing') : undefined}
        />
        <p role="status" class="soft">
          {last === null && t('activity_prune_none')}
          {typeof last === 'number' && t('activity_prune_to', countWords(last))}
        </p>
        {exported ? (
          <Notice tone="safe">{t('activity_prune_exported')}</Notice>
        ) : (
          <div class="stack-tight">
            <Notice tone="warn">
              {t('activity_prune_unsaved')}{' '}
              <button type="button" class="link" onClick={onExport}>
                {t('activity_prune_export')}
              </button>
            </Notice>
            <label class="check-line">
              <input
                type="checkbox"
                checked={unneeded}
                onChange={({ currentTarget }) => setUnneeded(currentTarget.checked)}
              />
              {t('activity_prune_unneeded')}
            </label>
            <Problem error={tried && !unneeded ? t('activity_prune_unneeded_missing') : undefined} />
          </div>
        )}
        <TextField
          label={t('activity_prune_confirm', t('activity_prune_word'))}
          value={word}
          onInput={setWord}
          maxLength={20}
          problem={tried && !isWord ? t('activity_prune_confirm_missing', t('activity_prune_word')) : undefined}
        />
        <Problem error={error ?? lookError} />
        <div class="actions">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" look="harm filled" busy={busy} disabled={typeof last !== 'number'}>
            {t('activity_prune_button')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};

function useLastBefore(day: string) {
  const [last, setLast] = useState<Last>(undefined);
  const { error, run } = useAction();
  const [wanted, setWanted] = useState(day);
  useEffect(() => {
    const timer = setTimeout(() => setWanted(day), 200);
    return () => clearTimeout(timer);
  }, [day]);
  useEffect(() => {
    setLast(undefined);
    const start = dayStart(wanted);
    if (start === undefined) return;
    run(async () => {
      const { entries } = await readPage({}, { to: start - 1 });
      setLast(entries[0]?.seq ?? null);
    });
  }, [wanted]);
  return [last, error] as const;
}

/** The day a year ago as YYYY-MM-DD, in the person's time zone. */
function aYearAgo(): string {
  const now = new Date();
  const month = String(now.getMonth() + 1).padStart(2, '0');
  return `${now.getFullYear() - 1}-${month}-${String(Math.min(now.getDate(), 28)).padStart(2, '0')}`;
}
