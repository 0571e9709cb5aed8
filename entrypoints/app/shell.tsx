import { useEffect, useRef } from 'preact/hooks';
import { WithAgentNames } from '../../components/agents/agent-names.tsx';
import type { IconName } from '../../components/icon.tsx';
import { Icon } from '../../components/icon.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { Seal } from '../../components/seal.tsx';
import { useAction } from '../../components/use-action.ts';
import type { WalletStatus } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { BackupReminder, ReadOnlyBanner } from './banners.tsx';
import type { Route, Screen } from './route.ts';
import { SCREENS } from './route.ts';
import { Agents } from './screens/agents/agents.tsx';
import { AgentsStopped } from './screens/agents/all-agents.tsx';
import { Activity } from './screens/activity/activity.tsx';
import { Capabilities } from './screens/capabilities/capabilities.tsx';
import { Credentials } from './screens/credentials/credentials.tsx';
import { Data } from './screens/data/data.tsx';
import { OpenLink } from './screens/links/open-link.tsx';
import { Rules } from './screens/rules/rules.tsx';
import { Sites } from './screens/sites/sites.tsx';
import { Settings } from './screens/settings/settings.tsx';
import { Storage } from './screens/storage/storage.tsx';
import { Trust } from './screens/trust/trust.tsx';

const ICONS: Readonly<Record<Screen, IconName>> = {
  credentials: 'card',
  data: 'data',
  link: 'qr',
  sites: 'site',
  rules: 'scales',
  capabilities: 'ticket',
  agents: 'bot',
  trust: 'landmark',
  activity: 'history',
  storage: 'rows',
  settings: 'settings',
};

/** The open vault: navigation, what the person should know while it stands, and one screen. */
export const Shell = ({ status, route }: { status: WalletStatus; route: Route }) => {
  const screen = SCREENS.find((name) => name === route.screen) ?? 'credentials';
  const lock = useAction();
  const main = useRef<HTMLElement>(null);
  const nav = useRef<HTMLElement>(null);
  const first = useRef(true);

  useEffect(() => {
    document.title = `${t(`nav_${screen}`)} · ${t('signet')}`;
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [screen]);

  return (
    <div class="shell">
      <header class="side">
        <a class="brand" href="#/credentials" aria-label={t('signet')}>
          <Seal state="open" size={32} />
          <span>{t('signet')}</span>
        </a>
        <nav aria-label={t('nav_label')} ref={nav}>
          {SCREENS.map((name) => (
            <a key={name} href={`#/${name}`} aria-current={name === screen ? 'page' : undefined}>
              <Icon name={ICONS[name]} />
              <span>{t(`nav_${name}`)}</span>
            </a>
          ))}
        </nav>
        <button
          type="button"
          class="lock-button"
          onClick={() =>
            lock.run(async () => {
              await ask('wallet.lock', {});
            })
          }
        >
          <Icon name="lock" />
          <span>{t('lock')}</span>
        </button>
      </header>
      <main class="content" tabIndex={-1} ref={main}>
        <Problem error={lock.error} />
        <ReadOnlyBanner {...status} />
        <BackupReminder status={status} here={screen === 'settings' && route.rest === 'backup'} />
        {status.phraseUnconfirmed && route.rest !== 'phrase' && (
          <Notice tone="warn">
            <strong>{t('reminder_title')}</strong> {t('reminder')}{' '}
            <a class="link" href="#/settings/phrase">
              {t('reminder_link')}
            </a>
          </Notice>
        )}
        {status.rowsDiffer && screen !== 'storage' && (
          <Notice tone="warn">
            <strong>{t('storage_differ')}</strong>{' '}
            <a class="link" href="#/storage">
              {t('storage_differ_link')}
            </a>
          </Notice>
        )}
        {screen !== 'agents' && <AgentsStopped />}
        {screen === 'credentials' && <Credentials id={route.rest} status={status} />}
        {screen === 'data' && <Data rest={route.rest} status={status} />}
        {screen === 'link' && <OpenLink />}
        {screen === 'sites' && <Sites rest={route.rest} />}
        {screen === 'rules' && (
          <WithAgentNames>
            <Rules rest={route.rest} readOnly={status.readOnly !== undefined} />
          </WithAgentNames>
        )}
        {screen === 'capabilities' && <Capabilities rest={route.rest} />}
        {screen === 'agents' && <Agents rest={route.rest} />}
        {screen === 'trust' && <Trust rest={route.rest} />}
        {screen === 'activity' && (
          <WithAgentNames>
            <Activity key={route.rest} rest={route.rest} />
          </WithAgentNames>
        )}
        {screen === 'storage' && <Storage status={status} />}
        {screen === 'settings' && <Settings section={route.rest} status={status} />}
      </main>
    </div>
  );
};
