import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { WalletStatus } from '../lib/messaging/index.ts';
import { ask } from '../lib/messaging/index.ts';
import { t, tn } from '../lib/platform/index.ts';
import { Button } from './button.tsx';
import { PasswordField } from './fields.tsx';
import { Mark, markWords } from './mark.tsx';
import { Seal } from './seal.tsx';
import { useAction } from './use-action.ts';

/** Seconds until `retryAt`, counted down; 0 when a password may be tried. */
function useWait(retryAt: number | undefined): number {
  const left = () => Math.max(0, Math.ceil(((retryAt ?? 0) - Date.now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => setSeconds(left()), 500);
    return () => clearInterval(timer);
  }, [retryAt]);
  return seconds;
}

/**
 * The one field that takes the password to open the vault, with the seal that fills while it opens and the mark that
 * tells the person that it is ours. What follows an unlock is the page's affair: it hears of the change.
 */
export const UnlockForm = ({
  status,
  onTried,
  compact = false,
  children,
}: {
  status: WalletStatus;
  onTried: () => void;
  compact?: boolean;
  children?: ComponentChildren;
}) => {
  const [password, setPassword] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const { busy, error, run } = useAction();
  const wait = useWait(status.retryAt);

  useEffect(() => field.current?.focus(), []);

  const submit = (event: Event) => {
    event.preventDefault();
    if (password === '' || wait > 0) return;
    run(async () => {
      try {
        await ask('wallet.unlock', { password });
      } finally {
        setPassword('');
        field.current?.focus();
        onTried();
      }
    });
  };

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
        problem={wait > 0 ? tn('unlock_wait', wait) : error?.message}
      />
      <Button type="submit" look="primary" wide busy={busy} disabled={wait > 0}>
        {busy ? t('unlocking') : t('unlock')}
      </Button>
      {children}
    </form>
  );
};
