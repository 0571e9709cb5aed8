import { useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { PhraseGrid } from '../../components/phrase-grid.tsx';
import { PhraseQuiz } from '../../components/phrase-quiz.tsx';
import { useAction } from '../../components/use-action.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { Step } from './onboarding/steps.tsx';

/**
 * New words are shown, then three of them are asked back: steps three and four of four, on the way to a vault.
 * @param onLater the person leaves before they gave the words back: the reminder stays
 */
export const WriteDown = ({
  words,
  title,
  lead,
  onDone,
  onLater,
}: {
  words: readonly string[];
  title: string;
  lead: string;
  onDone: () => void;
  onLater: () => void;
}) => {
  const [seen, setSeen] = useState(false);
  const [quiz, setQuiz] = useState(false);
  const { busy, error, run } = useAction();
  const confirm = () =>
    run(async () => {
      await ask('wallet.confirmPhrase', {});
      onDone();
    });

  if (!quiz) {
    return (
      <Step number={3} of={4} title={title} lead={lead} done>
        <PhraseGrid words={words} onShown={() => setSeen(true)} />
        <Notice tone="warn">{t('create_words_warn')}</Notice>
        <div class="row-wrap">
          <Button look="primary" disabled={!seen} onClick={() => setQuiz(true)}>
            {t('create_words_written')}
          </Button>
          <Button look="quiet" onClick={onLater}>
            {t('create_words_later')}
          </Button>
        </div>
      </Step>
    );
  }
  return (
    <Step number={4} of={4} title={t('create_quiz_title')} lead={t('create_quiz_lead')} done>
      <Problem error={error} />
      <PhraseQuiz words={words} busy={busy} onRight={confirm} onBack={() => setQuiz(false)} />
      <p>
        <button type="button" class="link" onClick={onLater}>
          {t('create_words_later')}
        </button>
      </p>
    </Step>
  );
};
