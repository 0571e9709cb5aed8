import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { EraseConfirm, isEraseWord } from '../../../components/erase-confirm.tsx';
import { Choices } from '../../../components/fields.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Mark, markWords } from '../../../components/mark.tsx';
import { Notice, Problem } from '../../../components/notice.tsx';
import type { Theme } from '../../../components/theme.ts';
import { currentTheme, setTheme } from '../../../components/theme.ts';
import { useAction } from '../../../components/use-action.ts';
import { useAsked } from '../../../components/use-asked.ts';
import type { WalletStatus } from '../../../lib/messaging/index.ts';
import { ask } from '../../../lib/messaging/index.ts';
import { t, tn } from '../../../lib/platform/index.ts';
import { goTo } from '../route.ts';
import { ChangePassword } from './change-password.tsx';
import { PageHead } from './page-head.tsx';
import { ShowPhrase } from './show-phrase.tsx';

/** How Signet behaves; what destroys is at the end. */
export const Settings = ({ section, status }: { section: string; status: WalletStatus }) => {
  if (section === 'phrase') return <ShowPhrase mark={status.mark} confirmed={!status.phraseUnconfirmed} />;
  if (section === 'password') return <ChangePassword mark={status.mark} />;
  return (
    <div class="stack-wide">
      <PageHead title={t('nav_settings')} lead={t('settings_lead')} />
      <Part title={t('settings_unlock')}>
        <AutoLock />
        <Line title={t('settings_password')} text={t('settings_password_why')}>
          <a class="button" href="#/settings/password">
            {t('settings_password_change')}
          </a>
        </Line>
        {status.mark !== undefined && (
          <Line title={t('settings_mark')} text={t('settings_mark_why')}>
            <Mark mark={status.mark} size={40} label={markWords(status.mark)} />
          </Line>
        )}
      </Part>
      <Part title={t('settings_phrase')}>
        <Line
          title={status.phraseUnconfirmed ? t('settings_phrase_unconfirmed') : t('settings_phrase_confirmed')}
          text={t('settings_phrase_why')}
        >
          <a class={status.phraseUnconfirmed ? 'button primary' : 'button'} href="#/settings/phrase">
            {t('settings_phrase_show')}
          </a>
        </Line>
        {status.signetId !== undefined && (
          <Line title={t('settings_id')} text={t('settings_id_why')}>
            <code class="mono small">{status.signetId}</code>
          </Line>
        )}
      </Part>
      <Part title={t('settings_look')}>
        <Look />
      </Part>
      <Part title={t('settings_danger')} danger>
        <EraseVault />
      </Part>
    </div>
  );
};

const Part = ({
  title,
  children,
  danger = false,
}: {
  title: string;
  children: ComponentChildren;
  danger?: boolean;
}) => (
  <section class={danger ? 'part danger' : 'part'}>
    <h2>{title}</h2>
    <div class="card stack">{children}</div>
  </section>
);

const Line = ({ title, text, children }: { title: string; text: string; children: ComponentChildren }) => (
  <div class="line">
    <div class="grow">
      <h3>{title}</h3>
      <p class="soft">{text}</p>
    </div>
    {children}
  </div>
);

const AutoLock = () => {
  const asked = useAsked('settings.get', {}, []);
  const saving = useAction();
  const [minutes, setMinutes] = useState<number | undefined>(undefined);
  if (asked.state === 'loading') return null;
  if (asked.state === 'failed') return <Problem error={asked.error} />;
  const shown = minutes ?? asked.value.autoLockMinutes;
  const save = () => {
    saving.run(async () => {
      const saved = await ask('settings.set', { ...asked.value, autoLockMinutes: shown });
      setMinutes(saved.autoLockMinutes);
      asked.again();
    });
  };
  return (
    <div class="line">
      <div class="grow">
        <h3 id="auto-lock">{t('settings_auto_lock')}</h3>
        <p class="soft" id="auto-lock-why">
          {t('settings_auto_lock_why')}
        </p>
        <Problem error={saving.error} />
      </div>
      <div class="minutes">
        <input
          type="range"
          min={1}
          max={60}
          step={1}
          value={shown}
          aria-labelledby="auto-lock"
          aria-describedby="auto-lock-why"
          aria-valuetext={tn('minutes', shown)}
          onInput={(event) => setMinutes(event.currentTarget.valueAsNumber)}
          onChange={save}
        />
        <output>{tn('minutes', shown)}</output>
      </div>
    </div>
  );
};

const Look = () => {
  const [theme, choose] = useState<Theme>(currentTheme);
  return (
    <Choices
      legend={t('settings_theme')}
      value={theme}
      options={[
        { value: 'system', label: t('theme_system') },
        { value: 'light', label: t('theme_light') },
        { value: 'dark', label: t('theme_dark') },
      ]}
      onChange={(next) => {
        setTheme(next);
        choose(next);
      }}
    />
  );
};

const EraseVault = () => {
  const [asking, setAsking] = useState(false);
  return (
    <Line title={t('erase_title')} text={t('erase_why')}>
      <Button look="harm" onClick={() => setAsking(true)}>
        <Icon name="trash" size={16} />
        {t('erase_button')}
      </Button>
      {asking && <EraseDialog onClose={() => setAsking(false)} />}
    </Line>
  );
};

const EraseDialog = ({ onClose }: { onClose: () => void }) => {
  const [word, setWord] = useState('');
  const [tried, setTried] = useState(false);
  const { busy, error, run } = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (!isEraseWord(word)) return;
    run(async () => {
      await ask('wallet.erase', { confirm: 'erase' });
      goTo('#/welcome');
    });
  };
  return (
    <Dialog title={t('erase_title')} onClose={onClose}>
      <form class="stack" onSubmit={submit} autocomplete="off">
        <p>{t('erase_lost')}</p>
        <Notice tone="warn">{t('erase_remains')}</Notice>
        <EraseConfirm value={word} onInput={setWord} tried={tried} />
        <Problem error={error} />
        <div class="actions">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" look="harm filled" busy={busy}>
            {t('erase_button')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
