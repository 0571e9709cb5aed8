import { useState } from 'preact/hooks';
import { t } from '../lib/platform/index.ts';
import { Button } from './button.tsx';
import { TextField } from './fields.tsx';
import { positionsToAsk } from './phrase-words.ts';

/** Asks three of the words back, so that both of us know that they were written down. */
export const PhraseQuiz = ({
  words,
  busy,
  onRight,
  onBack,
}: {
  words: readonly string[];
  busy: boolean;
  onRight: () => void;
  onBack: () => void;
}) => {
  const [positions] = useState(() => positionsToAsk((count) => crypto.getRandomValues(new Uint32Array(count))));
  const [answers, setAnswers] = useState<Readonly<Record<number, string>>>({});
  const [tried, setTried] = useState(false);
  const isRight = (position: number) => (answers[position] ?? '').trim().toLowerCase() === words[position - 1];

  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (positions.every(isRight)) onRight();
  };

  return (
    <form class="stack" onSubmit={submit} autocomplete="off">
      <div class="quiz">
        {positions.map((position) => (
          <TextField
            key={position}
            label={t('quiz_word', String(position))}
            mono
            value={answers[position] ?? ''}
            onInput={(word) => setAnswers({ ...answers, [position]: word })}
            problem={tried && !isRight(position) ? t('quiz_wrong', String(position)) : undefined}
          />
        ))}
      </div>
      <div class="row-wrap">
        <Button type="submit" look="primary" busy={busy}>
          {t('quiz_check')}
        </Button>
        <Button look="quiet" onClick={onBack}>
          {t('quiz_back')}
        </Button>
      </div>
    </form>
  );
};
