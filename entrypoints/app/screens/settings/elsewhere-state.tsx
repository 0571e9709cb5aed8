import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { Tick } from '../../../../components/fields.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { OpenerField, isAboutOpener, useOpener } from '../../../../components/opener.tsx';
import { dateAndTimeWords } from '../../../../components/time-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import type { ElsewhereView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { Line } from '../parts/line.tsx';
import type { ElsewherePart } from './elsewhere-form.tsx';

/** How the way to the webhook stands: what came last, whether it rests, and what signs. */
export const ElsewhereState = ({ view, status, onMade, onChange }: ElsewherePart) => {
  const [rotating, setRotating] = useState(false);
  const testing = useAction();
  const publicKey = view.secret?.publicKey;
  const test = () =>
    testing.run(async () => {
      await ask('elsewhere.test', {});
      onChange();
    });
  return (
    <section class="card stack">
      <Line title={t('elsewhere_last')} text={lastWords(view)} heading="h2">
        <Button busy={testing.busy} onClick={test}>
          {t('elsewhere_test')}
        </Button>
      </Line>
      <Problem error={testing.error} />
      {restWords(view) !== undefined && <Notice tone="warn">{restWords(view)}</Notice>}
      <Line
        title={publicKey === undefined ? t('elsewhere_secret') : t('elsewhere_public')}
        text={secretWords(view)}
        heading="h2"
      >
        <Button onClick={() => setRotating(true)}>{t('elsewhere_rotate')}</Button>
      </Line>
      {publicKey !== undefined && <code class="mono">{publicKey}</code>}
      {rotating && (
        <Rotate
          {...{ view, status, onChange }}
          onMade={(made) => {
            setRotating(false);
            onMade(made);
          }}
          onClose={() => setRotating(false)}
        />
      )}
    </section>
  );
};

const Rotate = ({ status, onMade, onChange, onClose }: ElsewherePart & { onClose: () => void }) => {
  const [dropOld, setDropOld] = useState(false);
  const [tried, setTried] = useState(false);
  const opener = useOpener(status);
  const { busy, error, run } = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (!opener.ready) return;
    run(async () => {
      onMade(await opener.use((by) => ask('elsewhere.rotate', { opener: by, dropOld })));
      onChange();
    });
  };
  return (
    <Dialog title={t('elsewhere_rotate')} onClose={onClose}>
      <form class="stack" onSubmit={submit} autocomplete="off">
        <p>{t('elsewhere_rotate_means')}</p>
        <Tick
          label={t('elsewhere_drop_old')}
          detail={t('elsewhere_drop_old_why')}
          checked={dropOld}
          onChange={setDropOld}
        />
        <OpenerField opener={opener} status={status} tried={tried} error={error} busy={busy} />
        <Problem error={isAboutOpener(error) ? undefined : error} />
        <div class="actions">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" look="primary" busy={busy}>
            {t('elsewhere_rotate_submit')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};

const OUTCOMES = {
  delivered: 'elsewhere_delivered',
  failed: 'elsewhere_failed',
  gone: 'elsewhere_gone',
  redirected: 'elsewhere_redirected',
} as const;

const lastWords = ({ last }: ElsewhereView): string =>
  last === undefined ? t('elsewhere_never') : t(OUTCOMES[last.outcome], dateAndTimeWords(last.at));

/** Why nothing is sent now; undefined where it is. */
function restWords({ breaker: { state, until } }: ElsewhereView): string | undefined {
  if (state === 'gone') return t('elsewhere_breaker_gone');
  if (state === 'closed' || until === undefined) return undefined;
  return t('elsewhere_breaker_open', dateAndTimeWords(until));
}

function secretWords({ secret }: ElsewhereView): string {
  const until = secret?.rotatingUntil;
  if (until !== undefined) return t('elsewhere_secret_rotating', dateAndTimeWords(until));
  return secret?.publicKey === undefined ? t('elsewhere_secret_why') : t('elsewhere_public_why');
}
