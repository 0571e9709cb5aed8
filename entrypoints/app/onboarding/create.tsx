import { useState } from 'preact/hooks';
import { Button } from '../../../components/button.tsx';
import { randomMark } from '../../../components/mark.tsx';
import { MarkPicker } from '../../../components/mark-picker.tsx';
import { emptyPassword, isUsable, NewPassword } from '../../../components/new-password.tsx';
import { Notice, Problem } from '../../../components/notice.tsx';
import { PhraseGrid } from '../../../components/phrase-grid.tsx';
import { PhraseQuiz } from '../../../components/phrase-quiz.tsx';
import { useAction } from '../../../components/use-action.ts';
import { ask } from '../../../lib/messaging/index.ts';
import { t } from '../../../lib/platform/index.ts';
import { Done } from './done.tsx';
import { Step } from './steps.tsx';

const STEPS = 4;

type At =
  | { readonly step: 'password' }
  | { readonly step: 'mark' }
  | { readonly step: 'words'; readonly words: readonly string[] }
  | { readonly step: 'quiz'; readonly words: readonly string[] }
  | { readonly step: 'done' };

/** A new vault: password, mark, words, three of them asked back. The words live in this component and nowhere else. */
export const Create = ({ onDone, onBack }: { onDone: () => void; onBack: () => void }) => {
  const [at, setAt] = useState<At>({ step: 'password' });
  const [password, setPassword] = useState(emptyPassword);
  const [tried, setTried] = useState(false);
  const [mark, setMark] = useState(randomMark);
  const [seen, setSeen] = useState(false);
  const { busy, error, run } = useAction();

  const choosePassword = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (isUsable(password)) setAt({ step: 'mark' });
  };
  const create = () =>
    run(async () => {
      const { words } = await ask('wallet.create', { password: password.password, mark });
      setPassword(emptyPassword);
      setAt({ step: 'words', words });
    });
  const confirm = () =>
    run(async () => {
      await ask('wallet.confirmPhrase', {});
      setAt({ step: 'done' });
    });

  switch (at.step) {
    case 'password':
      return (
        <Step number={1} of={STEPS} title={t('create_password_title')} lead={t('create_password_lead')}>
          <form class="stack-wide" onSubmit={choosePassword} autocomplete="off">
            <NewPassword state={password} onChange={setPassword} tried={tried} />
            <div class="row-wrap">
              <Button type="submit" look="primary">
                {t('next')}
              </Button>
              <Button look="quiet" onClick={onBack}>
                {t('back')}
              </Button>
            </div>
          </form>
        </Step>
      );
    case 'mark':
      return (
        <Step number={2} of={STEPS} title={t('create_mark_title')} lead={t('create_mark_lead')}>
          <MarkPicker mark={mark} onChange={setMark} />
          <Problem error={error} />
          <div class="row-wrap">
            <Button look="primary" busy={busy} onClick={create}>
              {busy ? t('creating') : t('create_make')}
            </Button>
            <Button look="quiet" disabled={busy} onClick={() => setAt({ step: 'password' })}>
              {t('back')}
            </Button>
          </div>
        </Step>
      );
    case 'words':
      return (
        <Step number={3} of={STEPS} title={t('create_words_title')} lead={t('create_words_lead')} done>
          <PhraseGrid words={at.words} onShown={() => setSeen(true)} />
          <Notice tone="warn">{t('create_words_warn')}</Notice>
          <div class="row-wrap">
            <Button look="primary" disabled={!seen} onClick={() => setAt({ step: 'quiz', words: at.words })}>
              {t('create_words_written')}
            </Button>
            <Button look="quiet" onClick={() => setAt({ step: 'done' })}>
              {t('create_words_later')}
            </Button>
          </div>
        </Step>
      );
    case 'quiz':
      return (
        <Step number={4} of={STEPS} title={t('create_quiz_title')} lead={t('create_quiz_lead')} done>
          <Problem error={error} />
          <PhraseQuiz
            words={at.words}
            busy={busy}
            onRight={confirm}
            onBack={() => setAt({ step: 'words', words: at.words })}
          />
          <p>
            <button type="button" class="link" onClick={() => setAt({ step: 'done' })}>
              {t('create_words_later')}
            </button>
          </p>
        </Step>
      );
    case 'done':
      return <Done restored={false} onDone={onDone} />;
  }
};
