import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../../components/button.tsx';
import { PasswordField } from '../../../components/fields.tsx';
import { Notice, Problem } from '../../../components/notice.tsx';
import { PhraseGrid } from '../../../components/phrase-grid.tsx';
import { PhraseQuiz } from '../../../components/phrase-quiz.tsx';
import { useAction } from '../../../components/use-action.ts';
import type { Mark as MarkChoice } from '../../../lib/messaging/index.ts';
import { ask } from '../../../lib/messaging/index.ts';
import { t } from '../../../lib/platform/index.ts';
import { MarkLine } from './change-password.tsx';

type At =
  | { readonly step: 'password' }
  | { readonly step: 'words'; readonly words: readonly string[] }
  | { readonly step: 'quiz'; readonly words: readonly string[] }
  | { readonly step: 'done' };

/** The words again, after the password; three of them given back end the reminder. */
export const ShowPhrase = ({ mark, confirmed }: { mark: MarkChoice | undefined; confirmed: boolean }) => {
  const [at, setAt] = useState<At>({ step: 'password' });
  const [password, setPassword] = useState('');
  const { busy, error, run } = useAction();

  useEffect(() => {
    const forget = () => setAt({ step: 'password' });
    window.addEventListener('pagehide', forget);
    return () => window.removeEventListener('pagehide', forget);
  }, []);

  const reveal = (event: Event) => {
    event.preventDefault();
    if (password === '') return;
    run(async () => {
      try {
        const { words } = await ask('wallet.revealPhrase', { password });
        setAt({ step: 'words', words });
      } finally {
        setPassword('');
      }
    });
  };
  const confirm = () =>
    run(async () => {
      await ask('wallet.confirmPhrase', {});
      setAt({ step: 'done' });
    });

  return (
    <div class="stack-wide">
      <div class="stack-tight">
        <a class="link back" href="#/settings">
          {t('settings_back')}
        </a>
        <h1>{t('settings_phrase')}</h1>
        <p class="soft">{at.step === 'quiz' ? t('create_quiz_lead') : t('show_phrase_lead')}</p>
      </div>
      {at.step === 'password' && (
        <form class="stack narrow-form" onSubmit={reveal}>
          <MarkLine mark={mark} />
          <PasswordField label={t('password')} value={password} onInput={setPassword} problem={error?.message} />
          <div>
            <Button type="submit" look="primary" busy={busy}>
              {t('next')}
            </Button>
          </div>
        </form>
      )}
      {at.step === 'words' && (
        <>
          <PhraseGrid words={at.words} onShown={() => undefined} />
          <Notice tone="warn">{t('create_words_warn')}</Notice>
          <div class="row-wrap">
            {!confirmed && (
              <Button look="primary" onClick={() => setAt({ step: 'quiz', words: at.words })}>
                {t('create_words_written')}
              </Button>
            )}
            <a class="button" href="#/settings">
              {t('close')}
            </a>
          </div>
        </>
      )}
      {at.step === 'quiz' && (
        <>
          <Problem error={error} />
          <PhraseQuiz
            words={at.words}
            busy={busy}
            onRight={confirm}
            onBack={() => setAt({ step: 'words', words: at.words })}
          />
        </>
      )}
      {at.step === 'done' && <Notice tone="safe">{t('phrase_confirmed')}</Notice>}
    </div>
  );
};
