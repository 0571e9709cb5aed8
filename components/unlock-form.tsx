import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Opener, WalletStatus } from '../lib/messaging/index.ts';
import { ask } from '../lib/messaging/index.ts';
import { t, tn } from '../lib/platform/index.ts';
import { Button } from './button.tsx';
import { PasswordField } from './fields.tsx';
import { Icon } from './icon.tsx';
import { Mark, markWords } from './mark.tsx';
import { Problem } from './notice.tsx';
import { isAboutOpener } from './opener.tsx';
import { passkeyOpener } from './passkey-opener.ts';
import { Seal } from './seal.tsx';
import { useAction } from './use-action.ts';
import { useWait } from './use-wait.ts';

/**
 * The one field that takes the password to open the vault, with the seal that fills while it opens and the mark that
 * tells the person that it is ours; beside it the passkey, where there is one. What follows an unlock is the page's
 * affair: it hears of the change.
 * @param onPasskey instead of asking for the passkey here, where a dialog of the system would end the page
 */
export const UnlockForm = ({
  status,
  onTried,
  onPasskey,
  compact = false,
  passkeyFirst = false,
  children,
}: {
  status: WalletStatus;
  onTried: () => void;
  onPasskey?: () => void;
  compact?: boolean;
  /** Asks for the passkey at once. */
  passkeyFirst?: boolean;
  children?: ComponentChildren;
}) => {
  const [password, setPassword] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const { busy, error, run } = useAction();
  const wait = useWait(status.retryAt);

  const unlock = (opener: () => Promise<Opener>) =>
    run(async () => {
      try {
        await ask('wallet.unlock', await opener());
      } finally {
        setPassword('');
        field.current?.focus();
        onTried();
      }
    });
  const byPasskey = () => unlock(() => passkeyOpener(status.passkeys));
  const submit = (event: Event) => {
    event.preventDefault();
    if (password !== '' && wait === 0) unlock(() => Promise.resolve({ password }));
  };

  useEffect(() => {
    field.current?.focus();
    if (passkeyFirst && status.passkeys.length > 0) byPasskey();
  }, []);

  return (
    <form class={compact ? 'unlock compact' : 'unlock'} onSubmit={submit}>
      {!compact && <Seal state={busy ? 'filling' : 'locked'} size={88} />}
      <div class="unlock-mark">
        {compact && <Seal state={busy ? 'filling' : 'locked'} size={40} />}
        {status.mark !== undefined && <Mark mark={status.mark} size={40} label={markWords(status.mark)} />}
        <p class="small soft">{t('unlock_mark_hint')}</p>
      </div>
      <PasswordField
        label={t('password')}
        value={password}
        onInput={setPassword}
        inputRef={field}
        disabled={busy}
        problem={wait > 0 ? tn('unlock_wait', wait) : isAboutOpener(error) ? error?.message : undefined}
      />
      <Button type="submit" look="primary" wide busy={busy} disabled={wait > 0}>
        {busy ? t('unlocking') : t('unlock')}
      </Button>
      {status.passkeys.length > 0 && (
        <Button wide disabled={busy} onClick={onPasskey ?? byPasskey}>
          <Icon name="passkey" />
          {t('unlock_passkey')}
        </Button>
      )}
      <Problem error={isAboutOpener(error) ? undefined : error} />
      {children}
    </form>
  );
};
