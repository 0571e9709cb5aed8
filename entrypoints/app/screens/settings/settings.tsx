import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Choices } from '../../../../components/fields.tsx';
import { Mark, markWords } from '../../../../components/mark.tsx';
import { Problem } from '../../../../components/notice.tsx';
import type { Theme } from '../../../../components/theme.ts';
import { currentTheme, setTheme } from '../../../../components/theme.ts';
import { useAction } from '../../../../components/use-action.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import type { WalletStatus } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';
import { Backup } from './backup.tsx';
import { ChangePassword } from './change-password.tsx';
import { Compartments } from '../data/compartments.tsx';
import { Digital } from './digital.tsx';
import { Elsewhere } from './elsewhere.tsx';
import { EraseVault } from './erase-vault.tsx';
import { Line } from '../parts/line.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Passkeys } from './passkeys.tsx';
import { ShowPhrase } from './show-phrase.tsx';

/** How Signet behaves; what destroys is at the end. */
export const Settings = ({ section, status }: { section: string; status: WalletStatus }) => {
  switch (section) {
    case 'phrase':
      return <ShowPhrase status={status} />;
    case 'password':
      return <ChangePassword status={status} />;
    case 'passkeys':
      return <Passkeys status={status} />;
    case 'backup':
      return <Backup />;
    case 'elsewhere':
      return <Elsewhere status={status} />;
    case 'compartments':
      return <Compartments />;
    default:
      return <Overview status={status} />;
  }
};

const Overview = ({ status }: { status: WalletStatus }) => (
  <div class="stack-wide">
    <PageHead title={t('nav_settings')} lead={t('settings_lead')} />
    <Part title={t('settings_unlock')}>
      <AutoLock />
      <Line title={t('settings_password')} text={t('settings_password_why')}>
        <a class="button" href="#/settings/password">
          {t('settings_password_change')}
        </a>
      </Line>
      <Line
        title={t('settings_passkeys')}
        text={
          status.passkeys.length === 0 ? t('settings_passkeys_why') : tn('settings_passkeys', status.passkeys.length)
        }
      >
        <a class="button" href="#/settings/passkeys">
          {status.passkeys.length === 0 ? t('passkeys_add') : t('settings_manage')}
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
    <Part title={t('settings_keep')}>
      <Line title={t('backup_title')} text={status.backupDue ? t('settings_backup_due') : t('settings_backup_why')}>
        <a class={status.backupDue ? 'button primary' : 'button'} href="#/settings/backup">
          {t('settings_backup')}
        </a>
      </Line>
      <Line title={t('compartments_title')} text={t('settings_compartments_why')}>
        <a class="button" href="#/settings/compartments">
          {t('settings_manage')}
        </a>
      </Line>
    </Part>
    <Part title={t('settings_agents')}>
      <Line title={t('settings_elsewhere')} text={t('settings_elsewhere_why')}>
        <a class="button" href="#/settings/elsewhere">
          {t('settings_manage')}
        </a>
      </Line>
    </Part>
    <Part title={t('settings_digital')}>
      <Digital />
    </Part>
    <Part title={t('settings_look')}>
      <Look />
    </Part>
    <Part title={t('settings_danger')} danger>
      <Line title={t('move_title')} text={t('settings_move_why')}>
        <a class="button" href="#/move">
          {t('settings_move')}
        </a>
      </Line>
      <EraseVault />
    </Part>
  </div>
);

/** A part of the settings on a card of its own. */
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
