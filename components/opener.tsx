import { useState } from 'preact/hooks';
import type { SignetError } from '../lib/core/index.ts';
import type { Opener, WalletStatus } from '../lib/messaging/index.ts';
import { t, tn } from '../lib/platform/index.ts';
import { PasswordField } from './fields.tsx';
import { Icon } from './icon.tsx';
import { MarkLine } from './mark-line.tsx';
import { passkeyOpener } from './passkey-opener.ts';
import { useWait } from './use-wait.ts';

/** How the person shows, for one request, that it is them. */
export interface OpenerChoice {
  readonly way: 'password' | 'passkey';
  readonly password: string;
  readonly change: (next: { readonly way?: 'password' | 'passkey'; readonly password?: string }) => void;
  /** Whether there is something to try: a password was typed, or a passkey is to be asked. */
  readonly ready: boolean;
  /** Asks for the passkey if that is the way, hands the opener to `work`, and forgets it, however `work` ends. */
  readonly use: <T>(work: (opener: Opener) => Promise<T>) => Promise<T>;
}

/** What an `OpenerField` shows and what acts on it share this. */
export function useOpener(status: Pick<WalletStatus, 'passkeys'>): OpenerChoice {
  const [way, setWay] = useState<'password' | 'passkey'>('password');
  const [password, setPassword] = useState('');
  const chosen = status.passkeys.length === 0 ? 'password' : way;
  return {
    way: chosen,
    password,
    change: (next) => {
      if (next.way !== undefined) setWay(next.way);
      setPassword(next.password ?? '');
    },
    ready: chosen === 'passkey' || password !== '',
    use: async (work) => {
      try {
        return await work(chosen === 'passkey' ? await passkeyOpener(status.passkeys) : { password });
      } finally {
        setPassword('');
      }
    },
  };
}

/** Whether an error is about the opener: said at its field and nowhere else. */
export const isAboutOpener = (error: SignetError | undefined): boolean =>
  error?.reason === 'wrong_password' || error?.reason === 'wait';

/** Password or passkey, for a step that a running session alone must not take; with the mark that says it is ours. */
export const OpenerField = ({
  opener,
  status,
  tried,
  error,
  busy = false,
  label,
}: {
  opener: OpenerChoice;
  status: WalletStatus;
  tried: boolean;
  error: SignetError | undefined;
  busy?: boolean;
  label?: string;
}) => {
  const wait = useWait(status.retryAt);
  const missing = tried && !opener.ready && error === undefined ? t('opener_missing') : undefined;
  return (
    <div class="opener">
      <MarkLine mark={status.mark} />
      {opener.way === 'password' ? (
        <PasswordField
          label={label ?? t('password')}
          value={opener.password}
          onInput={(password) => opener.change({ password })}
          disabled={busy}
          problem={wait > 0 ? tn('unlock_wait', wait) : isAboutOpener(error) ? error?.message : missing}
        />
      ) : (
        <p class="passkey-next">
          <Icon name="passkey" size={20} />
          <span role="status">{busy ? t('opener_passkey_asking') : t('opener_passkey_next')}</span>
        </p>
      )}
      {status.passkeys.length > 0 && !busy && (
        <p>
          <button
            type="button"
            class="link"
            onClick={() => opener.change({ way: opener.way === 'password' ? 'passkey' : 'password' })}
          >
            {opener.way === 'password' ? t('opener_use_passkey') : t('opener_use_password')}
          </button>
        </p>
      )}
    </div>
  );
};
