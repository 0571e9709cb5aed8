import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { compartmentList } from '../../../../components/compartment-words.ts';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { OpenerField, isAboutOpener, useOpener } from '../../../../components/opener.tsx';
import { Progress } from '../../../../components/progress.tsx';
import { useAction } from '../../../../components/use-action.ts';
import type { CredentialView, OwnResponse, WalletStatus } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';

/** New copies in the place of those that are left: asked for when the person asks, and never by itself. */
export const Renew = ({
  credential,
  status,
  few,
}: {
  credential: CredentialView;
  status: WalletStatus;
  /** From how few copies the person is told. */
  few: number;
}) => {
  const { id, issuer, others, compartments, instancesLeft, lastReused } = credential;
  const { busy, error, run } = useAction();
  const [came, setCame] = useState<OwnResponse<'credentials.renew'> | undefined>(undefined);
  const [tried, setTried] = useState(false);
  const opener = useOpener(status);
  const locks = compartments.length > 0;

  const renew = () => {
    setTried(true);
    if (locks && !opener.ready) return;
    run(async () => {
      setCame(undefined);
      setCame(
        await (locks
          ? opener.use((by) => ask('credentials.renew', { id, opener: by }))
          : ask('credentials.renew', { id })),
      );
      setTried(false);
    });
  };
  return (
    <section class="stack">
      <h2>{t('renew_title')}</h2>
      {!lastReused && instancesLeft <= few && <Notice tone="warn">{tn('copies_few', instancesLeft)}</Notice>}
      <p class="small soft">{t('renew_means', hostsOf([issuer.origin, ...others]))}</p>
      {locks && (
        <>
          <p class="small">{t('grant_title', compartmentList(compartments))}</p>
          <OpenerField opener={opener} status={status} tried={tried} error={error} busy={busy} />
        </>
      )}
      <Problem error={locks && isAboutOpener(error) ? undefined : error} />
      <div role="status">
        {came !== undefined && (
          <Notice tone="safe">{came.promised ? t('renew_promised') : tn('renew_done', came.credentials)}</Notice>
        )}
      </div>
      {busy && <Progress label={t('renew_busy')} />}
      <div>
        <Button busy={busy} onClick={renew}>
          {t('renew')}
        </Button>
      </div>
    </section>
  );
};

const hostsOf = (origins: readonly string[]): string =>
  origins.map((origin) => URL.parse(origin)?.host ?? origin).join(', ');
