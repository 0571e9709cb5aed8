import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { isAboutOpener, OpenerField, useOpener } from '../../../../components/opener.tsx';
import { PhraseGrid } from '../../../../components/phrase-grid.tsx';
import { PhraseQuiz } from '../../../../components/phrase-quiz.tsx';
import { useAction } from '../../../../components/use-action.ts';
import type { WalletStatus } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { SectionHead } from '../parts/section-head.tsx';

type At =
  | { readonly step: 'opener' }
  | { readonly step: 'words'; readonly words: readonly string[] }
  | { readonly step: 'quiz'; readonly words: readonly string[] }
  | { readonly step: 'done' };

/** The words again, after password or passkey; three of them given back end the reminder. */
export const ShowPhrase = ({ status }: { status: WalletStatus }) => {
  const [at, setAt] = useState<At>({ step: 'opener' });
  const [tried, setTried] = useState(false);
  const opener = useOpener(status);
  const { busy, error, run } = useAction();

  useEffect(() => {
    const forget = () => setAt({ step: 'opener' });
    window.addEventListener('pagehide', forget);
    return () => window.removeEventListener('pagehide', forget);
  }, []);

  const reveal = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (!opener.ready) return;
    run(async () => {
      const { words } = await opener.use((by) => ask('wallet.revealPhrase', by));
      setAt({ step: 'words', words });
    });
  };
  const confirm = () =>
    run(async () => {
      await ask('wallet.confirmPhrase', {});
      setAt({ step: 'done' });
    });

  return (
    <div class="stack-wide">
      <SectionHead
        title={t('settings_phrase')}
        lead={at.step === 'quiz' ? t('create_quiz_lead') : t('show_phrase_lead')}
      />
      {at.step === 'opener' && (
        <form class="stack narrow-form" onSubmit={reveal}>
          <OpenerField opener={opener} status={status} tried={tried} error={error} busy={busy} />
          <Problem error={isAboutOpener(error) ? undefined : error} />
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
            {status.phraseUnconfirmed && (
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
