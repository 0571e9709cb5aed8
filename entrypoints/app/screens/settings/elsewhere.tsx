import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import type { NewSigner, WalletStatus } from '../../../../lib/messaging/index.ts';
import { askToNotify, mayNotify, stopNotifying, t } from '../../../../lib/platform/index.ts';
import { Line } from '../parts/line.tsx';
import { SectionHead } from '../parts/section-head.tsx';
import { useLoaded } from './use-loaded.ts';
import { ElsewhereForm } from './elsewhere-form.tsx';
import { ElsewhereState } from './elsewhere-state.tsx';

/** How the person is asked when they are not at this browser. */
export const Elsewhere = ({ status }: { status: WalletStatus }) => {
  const asked = useAsked('elsewhere.get', {}, ['status', 'audit']);
  const [made, setMade] = useState<NewSigner | undefined>(undefined);
  return (
    <div class="stack-wide narrow-form">
      <SectionHead title={t('settings_elsewhere')} lead={t('elsewhere_lead')} />
      <section class="card stack">
        <NotificationLine />
      </section>
      {made !== undefined && <Made made={made} onDone={() => setMade(undefined)} />}
      {asked.state === 'loading' && <Loading />}
      {asked.state === 'failed' && <Problem error={asked.error} />}
      {asked.state === 'ready' && (
        <>
          {asked.value.webhook !== undefined && (
            <ElsewhereState view={asked.value} status={status} onMade={setMade} onChange={asked.again} />
          )}
          <ElsewhereForm view={asked.value} status={status} onMade={setMade} onChange={asked.again} />
        </>
      )}
    </div>
  );
};

/** The browser's own notification: it asks the person for the permission, at a click. */
const NotificationLine = () => {
  const allowed = useLoaded(mayNotify);
  const { busy, error, run } = useAction();
  if (allowed.value === undefined) return null;
  const turn = () =>
    run(async () => {
      if (allowed.value === true) await stopNotifying();
      else await askToNotify();
      allowed.again();
    });
  return (
    <>
      <Line title={t('elsewhere_notify')} text={t('elsewhere_notify_why')} heading="h2">
        <Button busy={busy} onClick={turn}>
          {allowed.value ? t('elsewhere_notify_off') : t('elsewhere_notify_on')}
        </Button>
      </Line>
      <Problem error={error} />
    </>
  );
};

/** What the server needs from now on. A secret is shown this once, so the person is taken to it. */
const Made = ({ made: { secret, publicKey }, onDone }: { made: NewSigner; onDone: () => void }) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [secret, publicKey]);
  return (
    <section class="card stack">
      <h2 ref={heading} tabIndex={-1}>
        {secret === undefined ? t('elsewhere_public') : t('elsewhere_secret_new')}
      </h2>
      <code class="mono">{secret ?? publicKey}</code>
      {secret === undefined ? (
        <Notice tone="info">{t('elsewhere_public_why')}</Notice>
      ) : (
        <Notice tone="warn">{t('elsewhere_secret_once')}</Notice>
      )}
      <div>
        <Button look="primary" onClick={onDone}>
          {t('done')}
        </Button>
      </div>
    </section>
  );
};
