import './storage.css';
import { useRef, useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { useAsked } from '../../../../components/use-asked.ts';
import type { Changed, WalletStatus } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { PageHead } from '../parts/page-head.tsx';
import { StorageCheck } from './storage-check.tsx';
import { StorageDecoys } from './storage-decoys.tsx';
import { StorageFind } from './storage-find.tsx';
import { StorageRoom } from './storage-room.tsx';
import type { Wanted } from './storage-rows.tsx';
import { StorageRows } from './storage-rows.tsx';

/** Whatever is announced was written: the rows are others than a moment ago. */
const ANYTHING: readonly Changed['changed'][] = ['status', 'requests', 'credentials', 'attributes', 'audit'];

/** What an attacker sees: the database as it stands, and what can be done about what it tells. */
export const Storage = ({ status }: { status: WalletStatus }) => {
  const asked = useAsked('storage.rows', { limit: 1 }, ANYTHING);
  const [wanted, setWanted] = useState<Wanted | undefined>(undefined);
  const [checked, setChecked] = useState(false);
  const turn = useRef(0);
  // What is there to be used does not move while it may be in use, whatever is found out meanwhile.
  const [checkFirst] = useState(status.rowsDiffer);

  if (asked.state === 'loading') return <Loading />;
  if (asked.state === 'failed') {
    return (
      <div class="stack">
        <h1>{t('storage_title')}</h1>
        <Problem error={asked.error} />
        <div>
          <Button onClick={asked.again}>{t('try_again')}</Button>
        </div>
      </div>
    );
  }
  const { total, bytes } = asked.value;
  const check = (
    <StorageCheck rowsDiffer={status.rowsDiffer} onBegun={() => setChecked(true)} onCleaned={asked.again} />
  );
  return (
    <div class="stack-wide">
      <PageHead title={t('storage_title')} lead={t('storage_lead')} />
      {status.rowsDiffer && !checked && (
        <Notice tone="warn">
          <strong>{t('storage_differ')}</strong> {t('storage_differ_why')}
        </Notice>
      )}
      {checkFirst && check}
      <div class="picture">
        <div class="picture-inside">
          <StorageRows total={total} bytes={bytes} version={asked.value} wanted={wanted} onAgain={asked.again} />
          <StorageFind
            onShow={(id) => {
              turn.current += 1;
              setWanted({ id, turn: turn.current });
            }}
          />
        </div>
      </div>
      <Meaning />
      {!checkFirst && check}
      <section class="part">
        <h2>{t('storage_disk')}</h2>
        <div class="card stack">
          <StorageRoom />
          <StorageDecoys onChanged={asked.again} />
        </div>
      </section>
    </div>
  );
};

/** What the picture means, for who has never seen a database. */
const Meaning = () => (
  <section class="meaning" aria-label={t('storage_meaning')}>
    {(['who', 'hides', 'tells'] as const).map((part) => (
      <div key={part} class="stack-tight">
        <h2>{t(`storage_${part}`)}</h2>
        <p class="soft">{t(`storage_${part}_text`)}</p>
      </div>
    ))}
  </section>
);
