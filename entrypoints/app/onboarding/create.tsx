import { useState } from 'preact/hooks';
import { Button } from '../../../components/button.tsx';
import { randomMark } from '../../../components/mark.tsx';
import { MarkPicker } from '../../../components/mark-picker.tsx';
import { emptyPassword, isUsable, NewPassword } from '../../../components/new-password.tsx';
import { Problem } from '../../../components/notice.tsx';
import { useAction } from '../../../components/use-action.ts';
import { ask } from '../../../lib/messaging/index.ts';
import { t } from '../../../lib/platform/index.ts';
import { WriteDown } from '../write-down.tsx';
import { Done } from './done.tsx';
import { Step } from './steps.tsx';

const STEPS = 4;

type At =
  | { readonly step: 'password' }
  | { readonly step: 'mark' }
  | { readonly step: 'words'; readonly words: readonly string[] }
  | { readonly step: 'done' };

/** A new vault: password, mark, words, three of them asked back. The words live in this component and nowhere else. */
export const Create = ({ onDone, onBack }: { onDone: () => void; onBack: () => void }) => {
  const [at, setAt] = useState<At>({ step: 'password' });
  const [password, setPassword] = useState(emptyPassword);
  const [tried, setTried] = useState(false);
  const [mark, setMark] = useState(randomMark);
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
        <WriteDown
          words={at.words}
          title={t('create_words_title')}
          lead={t('create_words_lead')}
          onDone={() => setAt({ step: 'done' })}
          onLater={() => setAt({ step: 'done' })}
        />
      );
    case 'done':
      return <Done restored={false} onDone={onDone} />;
  }
};
