import { useEffect, useRef, useState } from 'preact/hooks';
import { TextField } from '../../../../components/fields.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { Rich } from '../../../../components/rich.tsx';
import { SignetError } from '../../../../lib/core/index.ts';
import type { OwnResponse } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';

type Found = OwnResponse<'storage.locate'>;

const EXAMPLE = 'sys/settings';

/** A label in, and out comes the id that only this vault can compute, with the rows that the record lies in. */
export const StorageFind = ({ onShow }: { onShow: (rowId: string) => void }) => {
  const [label, setLabel] = useState('');
  const [index, setIndex] = useState('0');
  const [found, setFound] = useState<Found | undefined>(undefined);
  const [error, setError] = useState<SignetError | undefined>(undefined);
  const turn = useRef(0);
  const at = indexOf(index);

  const locate = async (): Promise<Found | undefined> => {
    const mine = ++turn.current;
    if (label === '' || at === undefined) {
      setFound(undefined);
      setError(undefined);
      return undefined;
    }
    try {
      const answer = await ask('storage.locate', { label, index: at });
      if (mine !== turn.current) return undefined;
      setFound(answer);
      setError(undefined);
      return answer;
    } catch (thrown) {
      if (mine === turn.current) setError(SignetError.from(thrown));
      return undefined;
    }
  };
  useEffect(() => void locate(), [label, at]);

  /** A record may have been written to other rows since its name was typed: it is looked up again. */
  const show = async (place: number) => {
    const row = (await locate())?.rows[place];
    if (row !== undefined) onShow(row);
  };

  return (
    <section class="card stack find" aria-labelledby="find-title">
      <div class="stack-tight">
        <h2 id="find-title">{t('storage_find')}</h2>
        <p class="soft">{t('storage_find_why')}</p>
      </div>
      <TextField
        label={t('storage_label')}
        value={label}
        onInput={setLabel}
        mono
        hint={
          <Rich
            message="storage_label_hint"
            parts={[
              <button type="button" class="link mono" onClick={() => setLabel(EXAMPLE)}>
                {EXAMPLE}
              </button>,
            ]}
          />
        }
      />
      <TextField
        label={t('storage_index')}
        value={index}
        onInput={setIndex}
        inputMode="numeric"
        mono
        maxLength={16}
        problem={at === undefined ? t('storage_index_bad') : undefined}
      />
      <Problem error={error} />
      <div class="stack" aria-live="polite">
        {found !== undefined && <Result found={found} onShow={(place) => void show(place)} />}
      </div>
    </section>
  );
};

const Result = ({ found, onShow }: { found: Found; onShow: (place: number) => void }) => (
  <>
    <div class="stack-tight">
      <h3>{t('storage_record_id')}</h3>
      <p class="mono database-id">{found.recordId}</p>
      <p class="hint">{t('storage_record_id_why')}</p>
    </div>
    <div class="stack-tight">
      <h3>{found.rows.length === 0 ? t('storage_no_row') : tn('storage_in_rows', found.rows.length)}</h3>
      {found.rows.length === 0 && <p class="hint">{t('storage_no_row_why')}</p>}
      <ul class="found-rows">
        {found.rows.map((row, place) => (
          <li key={row}>
            <span class="mono database-id">{row}</span>
            <button
              type="button"
              class="link"
              aria-label={t('storage_show_row', row.slice(0, 8))}
              onClick={() => onShow(place)}
            >
              {t('storage_show')}
            </button>
          </li>
        ))}
      </ul>
    </div>
  </>
);

/** A whole number from 0, or undefined. */
function indexOf(typed: string): number | undefined {
  const value = Number(typed);
  return /^\d+$/.test(typed.trim()) && Number.isSafeInteger(value) ? value : undefined;
}
