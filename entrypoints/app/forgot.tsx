import { useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { Mark, markWords } from '../../components/mark.tsx';
import { emptyPassword, isUsable, NewPassword } from '../../components/new-password.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { PhraseInput } from '../../components/phrase-input.tsx';
import type { PhraseCheck } from '../../components/phrase-words.ts';
import { useAction } from '../../components/use-action.ts';
import type { Mark as MarkChoice } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';

/** A new password by the words of this vault. Everything stays but what the old password alone could open. */
export const Forgot = ({
  mark,
  onDone,
  onBack,
}: {
  mark: MarkChoice | undefined;
  onDone: () => void;
  onBack: () => void;
}) => {
  const [check, setCheck] = useState<PhraseCheck>({ state: 'empty' });
  const [password, setPassword] = useState(emptyPassword);
  const [tried, setTried] = useState(false);
  const { busy, error, run } = useAction();

  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (check.state !== 'right' || !isUsable(password)) return;
    run(async () => {
      await ask('wallet.resetPassword', { phrase: check.phrase, password: password.password });
      onDone();
    });
  };

  return (
    <main class="alone">
      <div class="row">
        {mark !== undefined && <Mark mark={mark} size={40} label={markWords(mark)} />}
        <h1>{t('forgot_title')}</h1>
      </div>
      <p class="lead">{t('forgot_lead')}</p>
      <Notice tone="warn">
        <strong>{t('forgot_lost_title')}</strong> {t('forgot_lost')}
      </Notice>
      <form class="stack-wide" onSubmit={submit} autocomplete="off">
        <PhraseInput onCheck={setCheck} tried={tried} />
        <NewPassword state={password} onChange={setPassword} tried={tried} />
        <Problem error={error} />
        <div class="row-wrap">
          <Button type="submit" look="primary" busy={busy}>
            {t('forgot_submit')}
          </Button>
          <Button look="quiet" onClick={onBack}>
            {t('back')}
          </Button>
        </div>
      </form>
      <div class="stack-tight small soft">
        <p>
          {t('forgot_other')}{' '}
          <a class="link" href="#/restore">
            {t('forgot_other_link')}
          </a>
        </p>
        <p>
          {t('forgot_backup')}{' '}
          <a class="link" href="#/from-backup">
            {t('forgot_backup_link')}
          </a>
        </p>
      </div>
    </main>
  );
};
