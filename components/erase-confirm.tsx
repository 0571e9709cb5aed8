import { t } from '../lib/platform/index.ts';
import { TextField } from './fields.tsx';

/** Whether the person typed the word, in their language, that stands for "I know what is lost". */
export const isEraseWord = (typed: string): boolean => typed.trim().toLowerCase() === t('erase_word');

/** Asks for that word. */
export const EraseConfirm = ({
  value,
  onInput,
  tried,
}: {
  value: string;
  onInput: (value: string) => void;
  tried: boolean;
}) => (
  <TextField
    label={t('erase_confirm', t('erase_word'))}
    value={value}
    onInput={onInput}
    maxLength={20}
    problem={tried && !isEraseWord(value) ? t('erase_confirm_missing', t('erase_word')) : undefined}
  />
);
