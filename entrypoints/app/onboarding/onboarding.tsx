import { useState } from 'preact/hooks';
import { Icon } from '../../../components/icon.tsx';
import { Seal } from '../../../components/seal.tsx';
import { t } from '../../../lib/platform/index.ts';
import type { Route } from '../route.ts';
import { goTo } from '../route.ts';
import { Create } from './create.tsx';
import { Done } from './done.tsx';
import { Restore } from './restore.tsx';

/** No vault yet: what Signet is, then a new vault, or an old one's words or backup. */
export const Onboarding = ({ route, onDone }: { route: Route; onDone: () => void }) => {
  const [restored, setRestored] = useState(false);
  const welcome = () => goTo('#/welcome');
  if (restored) return <Done restored onDone={onDone} />;
  if (route.screen === 'create') return <Create onDone={onDone} onBack={welcome} />;
  if (route.screen === 'restore') {
    return <Restore vaultExists={false} onDone={() => setRestored(true)} onBack={welcome} />;
  }
  return <Welcome />;
};

const Welcome = () => (
  <main class="welcome">
    <Seal state="open" size={168} />
    <div class="welcome-words">
      <h1>{t('welcome_title')}</h1>
      <ul class="welcome-lines">
        <li>{t('welcome_1')}</li>
        <li>{t('welcome_2')}</li>
        <li>{t('welcome_3')}</li>
      </ul>
      <div class="welcome-ways">
        <div class="welcome-first">
          <a class="button primary" href="#/create">
            {t('welcome_create')}
            <Icon name="arrow" size={16} />
          </a>
        </div>
        <a class="button" href="#/restore">
          {t('welcome_restore')}
        </a>
        <a class="button" href="#/from-backup">
          {t('welcome_from_backup')}
        </a>
      </div>
    </div>
  </main>
);
