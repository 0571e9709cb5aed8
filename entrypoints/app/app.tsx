import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { Loading } from '../../components/loading.tsx';
import { Problem } from '../../components/notice.tsx';
import type { Asked } from '../../components/use-asked.ts';
import { useAsked } from '../../components/use-asked.ts';
import { useTouch } from '../../components/use-touch.ts';
import type { WalletStatus } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { Forgot } from './forgot.tsx';
import { FromBackup } from './from-backup.tsx';
import { Locked } from './locked.tsx';
import { Move } from './move.tsx';
import { Newer } from './newer.tsx';
import { Onboarding } from './onboarding/onboarding.tsx';
import { Restore } from './onboarding/restore.tsx';
import { Recovery } from './recovery.tsx';
import type { Route } from './route.ts';
import { goBack, goTo, useRoute } from './route.ts';
import { Shell } from './shell.tsx';

/** What can be said of a vault that is too damaged to say anything. */
const DAMAGED: WalletStatus = {
  vault: 'damaged',
  phraseUnconfirmed: false,
  waiting: 0,
  passkeys: [],
  rowsDiffer: false,
  backupDue: false,
};

const isDamage = (asked: Asked<unknown>): boolean => asked.state === 'failed' && asked.error.reason === 'vault_damaged';

/** The full tab: what it shows follows from the state of the vault, and then from the address. */
export const App = () => {
  const asked = useAsked('wallet.status', {}, ['status']);
  const route = useRoute();
  const known = useRef<WalletStatus | undefined>(undefined);
  if (asked.state === 'ready') known.current = asked.value;
  const vault = asked.state === 'ready' ? asked.value.vault : undefined;
  const [onboarding, setOnboarding] = useState(false);
  const [moving, setMoving] = useState(false);
  useTouch(vault === 'unlocked');

  // Onboarding makes the vault in its middle: it stays until the person is through, unless the vault locks meanwhile.
  useEffect(() => {
    if (vault === 'none') setOnboarding(true);
    if (vault === 'locked' || vault === 'damaged') setOnboarding(false);
  }, [vault]);

  // These two replace the vault beneath them: they stay, with words or a report to show, whatever its state.
  const stays = moving || route.screen === 'from-backup';
  const status = asked.state === 'ready' || stays ? known.current : isDamage(asked) ? DAMAGED : undefined;
  const finish = () => {
    setOnboarding(false);
    setMoving(false);
    goTo('#/credentials');
    asked.again();
  };

  if (status === undefined) {
    return asked.state === 'failed' ? (
      <main class="alone">
        <h1>{t('app_failed')}</h1>
        <Problem error={asked.error} />
        <Button onClick={asked.again}>{t('try_again')}</Button>
      </main>
    ) : (
      <main class="alone">
        <Loading />
      </main>
    );
  }
  if (moving || (route.screen === 'move' && status.vault === 'unlocked')) {
    return <Move status={status} onMoving={setMoving} onDone={finish} onBack={goBack} />;
  }
  if (route.screen === 'from-backup') {
    return <FromBackup vaultExists={status.vault !== 'none'} onDone={finish} onBack={goBack} />;
  }
  if (onboarding || status.vault === 'none') return <Onboarding route={route} onDone={finish} />;
  return <Vault status={status} route={route} again={asked.again} />;
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
    case 'newer':
      return <Newer />;
    case 'damaged':
      return route.screen === 'forgot' ? forgot : <Recovery vault="damaged" />;
    case 'locked':
      return route.screen === 'forgot' ? (
        forgot
      ) : (
        <Locked status={status} passkeyFirst={route.screen === 'passkey'} again={again} />
      );
    case 'unlocked':
      return route.screen === 'recovery' ? <Recovery vault="unlocked" /> : <Shell status={status} route={route} />;
  }
};
