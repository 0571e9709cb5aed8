import { useState } from 'preact/hooks';
import { Button } from '../../../components/button.tsx';
import { PasswordField } from '../../../components/fields.tsx';
import { Mark, markWords } from '../../../components/mark.tsx';
import { emptyPassword, isUsable, NewPassword } from '../../../components/new-password.tsx';
import { Notice, Problem } from '../../../components/notice.tsx';
import { useAction } from '../../../components/use-action.ts';
import type { Mark as MarkChoice } from '../../../lib/messaging/index.ts';
import { ask } from '../../../lib/messaging/index.ts';
import { t } from '../../../lib/platform/index.ts';

/** Another password for the same vault. */
export const ChangePassword = ({ mark }: { mark: MarkChoice | undefined }) => {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState(emptyPassword);
  const [tried, setTried] = useState(false);
  const [done, setDone] = useState(false);
  const { busy, error, run } = useAction();

  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (current === '' || !isUsable(next)) return;
    run(async () => {
      await ask('wallet.changePassword', { current, next: next.password });
      setCurrent('');
      setNext(emptyPassword);
      setDone(true);
    });
  };

  return (
    <div class="stack-wide narrow-form">
      <div class="stack-tight">
        <a class="link back" href="#/settings">
          {t('settings_back')}
        </a>
        <h1>{t('settings_password_change')}</h1>
        <p class="soft">{t('change_lead')}</p>
      </div>
      {done ? (
        <Notice tone="safe">{t('change_done')}</Notice>
      ) : (
        <form class="stack-wide" onSubmit={submit}>
          <div class="stack">
            <MarkLine mark={mark} />
            <PasswordField
              label={t('change_current')}
              value={current}
              onInput={setCurrent}
              problem={tried && current === '' ? t('change_current_missing') : undefined}
            />
          </div>
          <NewPassword state={next} onChange={setNext} tried={tried} />
          <Problem error={error} />
          <div>
            <Button type="submit" look="primary" busy={busy}>
              {t('settings_password_change')}
            </Button>
          </div>
        </form>
      )}
    </div>
  );
};

/** The mark beside a field that takes the password. */
export const MarkLine = ({ mark }: { mark: MarkChoice | undefined }) =>
  mark === undefined ? null : (
    <div class="unlock-mark">
      <Mark mark={mark} size={40} label={markWords(mark)} />
      <p class="small soft">{t('unlock_mark_hint')}</p>
    </div>
  );
