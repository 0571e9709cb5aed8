import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Loading } from '../../components/loading.tsx';
import { Problem } from '../../components/notice.tsx';
import { Seal } from '../../components/seal.tsx';
import { UnlockForm } from '../../components/unlock-form.tsx';
import { useAsked } from '../../components/use-asked.ts';
import { useTouch } from '../../components/use-touch.ts';
import { t } from '../../lib/platform/index.ts';
import { goTo } from './go-to.ts';
import { Home } from './home.tsx';

/** The popup: what matters now, and a way into the rest. */
export const PopupPage = ({ originsReady }: { originsReady: boolean }) => {
  const asked = useAsked('wallet.status', {}, ['status', 'requests']);
  useTouch(asked.state === 'ready' && asked.value.vault === 'unlocked');
  if (asked.state === 'loading') {
    return (
      <main class="popup center">
        <h1 class="unseen">{t('signet')}</h1>
        <Seal state="locked" size={104} />
        <Loading />
      </main>
    );
  }
  if (asked.state === 'failed') {
    if (asked.error.reason === 'vault_damaged') return <Damaged />;
    return (
      <main class="popup center">
        <h1 class="title">{t('popup_failed')}</h1>
        <Problem error={asked.error} />
        <Button onClick={asked.again}>{t('try_again')}</Button>
      </main>
    );
  }
  switch (asked.value.vault) {
    case 'none':
      return (
        <main class="popup center">
          <Seal state="locked" size={104} />
          <h1 class="title">{t('popup_none_title')}</h1>
          <p class="soft">{t('popup_none')}</p>
          <Button look="primary" wide onClick={() => goTo('#/welcome')}>
            {t('setup')}
          </Button>
        </main>
      );
    case 'newer':
      return (
        <main class="popup center">
          <span class="is-warn">
            <Icon name="warn" size={48} />
          </span>
          <h1 class="title">{t('newer_title')}</h1>
          <p class="soft">{t('popup_newer')}</p>
          <Button look="primary" wide onClick={() => goTo('#/')}>
            {t('popup_open')}
          </Button>
        </main>
      );
    case 'damaged':
      return <Damaged />;
    case 'locked':
      return (
        <main class="popup center">
          <h1 class="unseen">{t('unlock_title')}</h1>
          {/* The system's dialog takes the focus, and a popup that loses it is gone: the app's tab asks instead. */}
          <UnlockForm status={asked.value} onTried={asked.again} onPasskey={() => goTo('#/passkey')} />
        </main>
      );
    case 'unlocked':
      return <Home status={asked.value} originsReady={originsReady} />;
  }
};

/** Nothing to do here: the full tab has room for what can be read and saved. */
const Damaged = () => (
  <main class="popup center">
    <span class="is-harm">
      <Icon name="harm" size={48} />
    </span>
    <h1 class="title">{t('popup_damaged_title')}</h1>
    <p class="soft">{t('popup_damaged')}</p>
    <Button look="primary" wide onClick={() => goTo('#/')}>
      {t('popup_damaged_open')}
    </Button>
  </main>
);
