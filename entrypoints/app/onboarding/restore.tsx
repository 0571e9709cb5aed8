import { useState } from 'preact/hooks';
import { Button } from '../../../components/button.tsx';
import { EraseConfirm, isEraseWord } from '../../../components/erase-confirm.tsx';
import { randomMark } from '../../../components/mark.tsx';
import { MarkPicker } from '../../../components/mark-picker.tsx';
import { emptyPassword, isUsable, NewPassword } from '../../../components/new-password.tsx';
import { Notice, Problem } from '../../../components/notice.tsx';
import { PhraseInput } from '../../../components/phrase-input.tsx';
import type { PhraseCheck } from '../../../components/phrase-words.ts';
import { useAction } from '../../../components/use-action.ts';
import { ask } from '../../../lib/messaging/index.ts';
import { t } from '../../../lib/platform/index.ts';
import { Step } from './steps.tsx';

const STEPS = 2;

/** A vault's keys and identity back from its words. A vault that is there goes only when its owner types so. */
export const Restore = ({
  vaultExists,
  onDone,
  onBack,
}: {
  vaultExists: boolean;
  onDone: () => void;
  onBack: () => void;
}) => {
  const [check, setCheck] = useState<PhraseCheck>({ state: 'empty' });
  const [phrase, setPhrase] = useState<string | undefined>(undefined);
  const [password, setPassword] = useState(emptyPassword);
  const [mark, setMark] = useState(randomMark);
  const [erase, setErase] = useState('');
  const [tried, setTried] = useState(false);
  const { busy, error, run } = useAction();

  const takePhrase = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (check.state !== 'right' || (vaultExists && !isEraseWord(erase))) return;
    setTried(false);
    setPhrase(check.phrase);
  };
  const restore = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (phrase === undefined || !isUsable(password)) return;
    run(async () => {
      await ask('wallet.restore', { phrase, password: password.password, mark, eraseExisting: vaultExists });
      onDone();
    });
  };

  if (phrase === undefined) {
    return (
      <Step number={1} of={STEPS} title={t('restore_title')} lead={t('restore_lead')}>
        <form class="stack-wide" onSubmit={takePhrase} autocomplete="off">
          <PhraseInput onCheck={setCheck} tried={tried} />
          <Notice tone="info">{t('restore_honest')}</Notice>
          {vaultExists && (
            <Notice tone="harm">
              <div class="stack">
                <p>
                  <strong>{t('restore_erase_title')}</strong> {t('restore_erase')}
                </p>
                <EraseConfirm value={erase} onInput={setErase} tried={tried} />
              </div>
            </Notice>
          )}
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
  }
  return (
    <Step number={2} of={STEPS} title={t('restore_password_title')} lead={t('restore_password_lead')}>
      <form class="stack-wide" onSubmit={restore} autocomplete="off">
        <NewPassword state={password} onChange={setPassword} tried={tried} />
        <section class="stack">
          <div class="stack-tight">
            <h2>{t('create_mark_title')}</h2>
            <p class="soft">{t('create_mark_lead')}</p>
          </div>
          <MarkPicker mark={mark} onChange={setMark} />
        </section>
        <Problem error={error} />
        <div class="row-wrap">
          <Button type="submit" look={vaultExists ? 'harm filled' : 'primary'} busy={busy}>
            {vaultExists ? t('restore_erase_submit') : t('restore_submit')}
          </Button>
          <Button look="quiet" disabled={busy} onClick={() => setPhrase(undefined)}>
            {t('back')}
          </Button>
        </div>
      </form>
    </Step>
  );
};
