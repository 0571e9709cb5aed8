import { Notice } from '../../components/notice.tsx';
import { Origin } from '../../components/origin.tsx';
import { Rich } from '../../components/rich.tsx';
import { t } from '../../lib/platform/index.ts';

/** What has to be said of whatever came by a link, above all else that is shown of it. */
export const ByLink = ({ kind, from }: { kind: 'proof' | 'offer'; from?: string | undefined }) => (
  <Notice tone="warn">
    <strong>{t('link_came')}</strong> {t(`link_came_${kind}`)}
    {from !== undefined && (
      <>
        {' '}
        <Rich message="link_came_from" parts={[<Origin origin={from} />]} />
      </>
    )}
  </Notice>
);
