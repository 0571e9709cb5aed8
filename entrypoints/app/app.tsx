import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { Loading } from '../../components/loading.tsx';
import { Problem } from '../../components/notice.tsx';
import { useAsked } from '../../components/use-asked.ts';
import { useTouch } from '../../components/use-touch.ts';
import type { WalletStatus } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { Forgot } from './forgot.tsx';
import { Locked } from './locked.tsx';
import { Onboarding } from './onboarding/onboarding.tsx';
import { Restore } from './onboarding/restore.tsx';
import { Recovery } from './recovery.tsx';
import type { Route } from './route.ts';
import { goTo, useRoute } from './route.ts';
import { Shell } from './shell.tsx';

/** The full tab: what it shows follows from the state of the vault, and then from the address. */
export const App = () => {
  const asked = useAsked('wallet.status', {}, ['status']);
  const route = useRoute();
  const vault = asked.state === 'ready' ? asked.value.vault : undefined;
  const [onboarding, setOnboarding] = useState(false);
  useTouch(vault === 'unlocked');

  // Onboarding makes the vault in its middle: it stays until the person is through, unless the vault locks meanwhile.
  useEffect(() => {
    if (vault === 'none') setOnboarding(true);
    if (vault === 'locked' || vault === 'damaged') setOnboarding(false);
  }, [vault]);

  if (asked.state === 'loading') {
    return (
      <main class="alone">
        <Loading />
      </main>
    );
  }
  if (asked.state === 'failed') {
    return (
      <main class="alone">
        <h1>{t('app_failed')}</h1>
        <Problem error={asked.error} />
        <Button onClick={asked.again}>{t('try_again')}</Button>
      </main>
    );
  }
  const finish = () => {
    setOnboarding(false);
    goTo('#/credentials');
    asked.again();
  };
  if (onboarding || asked.value.vault === 'none') return <Onboarding route={route} onDone={finish} />;
  return <Vault status={asked.value} route={route} again={asked.again} />;
};

const Vault = ({ status, route, again }: { status: WalletStatus; route: Route; again: () => void }) => {
  const back = () => {
    goTo('#/');
    again();
  };
  if (route.screen === 'restore' && status.vault !== 'unlocked')
    return <Restore vaultExists onDone={back} onBack={back} />;
  const forgot = <Forgot mark={status.mark} onDone={back} onBack={back} />;
  switch (status.vault) {
    case 'none':
      return null;
    case 'damaged':
      return route.screen === 'forgot' ? forgot : <Recovery />;
    case 'locked':
      return route.screen === 'forgot' ? forgot : <Locked status={status} again={again} />;
    case 'unlocked':
      return <Shell status={status} route={route} />;
  }
};
