import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { emptyPassword, isUsable, NewPassword } from '../../components/new-password.tsx';
import { Problem } from '../../components/notice.tsx';
import { isAboutOpener, OpenerField, useOpener } from '../../components/opener.tsx';
import { Progress } from '../../components/progress.tsx';
import { useAction } from '../../components/use-action.ts';
import type { WalletStatus } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { Step } from './onboarding/steps.tsx';
import { goTo, reloadAt } from './route.ts';
import { WriteDown } from './write-down.tsx';

const STEPS = 4;

/** Where the words of a vault are shown again. */
const WORDS = '#/settings/phrase';

type At =
  { readonly step: 'why' } | { readonly step: 'keys' } | { readonly step: 'words'; readonly words: readonly string[] };

/**
 * The answer to a leaked phrase or password: new words, a new password, everything sealed anew. The words live in this
 * component and nowhere else.
 * @param onMoving from here on this screen stays, whatever becomes of the vault beneath it
 */
export const Move = ({
  status,
  onMoving,
  onDone,
  onBack,
}: {
  status: WalletStatus;
  onMoving: (moving: boolean) => void;
  onDone: () => void;
  onBack: () => void;
}) => {
  const [at, setAt] = useState<At>({ step: 'why' });

  useEffect(() => {
    const forget = () => setAt({ step: 'why' });
    window.addEventListener('pagehide', forget);
    return () => window.removeEventListener('pagehide', forget);
  }, []);

  const hasWords = at.step === 'words';
  useEffect(() => {
    if (!hasWords || status.vault !== 'locked') return;
    goTo(WORDS); // nothing of a locked vault stays on a screen
    onMoving(false);
  }, [hasWords, status.vault]);

  switch (at.step) {
    case 'why':
      return (
        <Step number={1} of={STEPS} title={t('move_title')} lead={t('move_lead')}>
          <Why />
          <div class="row-wrap">
            <Button look="primary" onClick={() => setAt({ step: 'keys' })}>
              {t('next')}
            </Button>
            <Button look="quiet" onClick={onBack}>
              {t('back')}
            </Button>
          </div>
        </Step>
      );
    case 'keys':
      return (
        <Step number={2} of={STEPS} title={t('move_keys_title')} lead={t('move_keys_lead')}>
          <Keys
            status={status}
            onMoving={onMoving}
            onMoved={(words) => setAt({ step: 'words', words })}
            onBack={() => setAt({ step: 'why' })}
          />
        </Step>
      );
    case 'words':
      return (
        <WriteDown
          words={at.words}
          title={t('move_words_title')}
          lead={t('move_words_lead')}
          onDone={onDone}
          onLater={onDone}
        />
      );
  }
};

/** What changes, what does not, and what no move can undo. */
const Why = () => (
  <div class="stack-wide">
    <section class="stack">
      <h2>{t('move_changes')}</h2>
      <ul class="checks">
        <Point good text={t('move_changes_words')} />
        <Point good text={t('move_changes_sealed')} />
        <Point good text={t('move_changes_identity')} />
      </ul>
    </section>
    <section class="stack">
      <h2>{t('move_stays')}</h2>
      <ul class="checks">
        <Point text={t('move_stays_backups')} />
        <Point text={t('move_stays_sites')} />
        <Point text={t('move_stays_passkeys')} />
      </ul>
    </section>
  </div>
);

const Point = ({ text, good = false }: { text: string; good?: boolean }) => (
  <li class={good ? 'is-safe' : 'is-warn'}>
    <Icon name={good ? 'check' : 'warn'} />
    <span>{text}</span>
  </li>
);

const Keys = ({
  status,
  onMoving,
  onMoved,
  onBack,
}: {
  status: WalletStatus;
  onMoving: (moving: boolean) => void;
  onMoved: (words: readonly string[]) => void;
  onBack: () => void;
}) => {
  const opener = useOpener(status);
  const [password, setPassword] = useState(emptyPassword);
  const [tried, setTried] = useState(false);
  const { busy, error, run } = useAction();

  const move = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (!opener.ready || !isUsable(password)) return;
    run(async () => {
      onMoving(true);
      try {
        const { words } = await opener.use((by) => ask('wallet.move', { opener: by, password: password.password }));
        setPassword(emptyPassword);
        reloadAt(WORDS); // if this page goes before they are written down
        onMoved(words);
      } catch (error) {
        onMoving(false);
        throw error;
      }
    });
  };

  return (
    <form class="stack-wide" onSubmit={move} autocomplete="off">
      <div class="stack-wide" hidden={busy}>
        <section class="stack">
          <h2>{t('move_now')}</h2>
          <OpenerField
            opener={opener}
            status={status}
            tried={tried}
            error={error}
            busy={busy}
            label={t('change_current')}
          />
        </section>
        <section class="stack">
          <h2>{t('move_then')}</h2>
          <NewPassword state={password} onChange={setPassword} tried={tried} />
        </section>
        <Problem error={isAboutOpener(error) ? undefined : error} />
        <div class="row-wrap">
          <Button type="submit" look="primary">
            {t('move_submit')}
          </Button>
          <Button look="quiet" onClick={onBack}>
            {t('back')}
          </Button>
        </div>
      </div>
      {busy && (
        <>
          <Progress label={t('move_working')} />
          <p class="soft">{t('move_working_safe')}</p>
        </>
      )}
    </form>
  );
};
