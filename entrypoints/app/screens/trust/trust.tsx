import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { useAsked } from '../../../../components/use-asked.ts';
import type { OwnAnchorView, OwnResponse, TrustListView, TrustReview } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { goTo } from '../../route.ts';
import { Empty } from '../parts/empty.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { TrustAdd } from './trust-add.tsx';
import { Anchor } from './trust-anchor.tsx';
import { StopTrusting } from './trust-dialogs.tsx';
import { TrustedList } from './trusted-list.tsx';
import { ReviewTrust } from './trust-review.tsx';
import './trust.css';

/** Whose word the person takes for who issuers and verifiers are. */
export const Trust = ({ rest }: { rest: string }) => {
  const asked = useAsked('trust.list', {}, ['trust', 'credentials']);
  const [review, setReview] = useState<TrustReview | undefined>(undefined);
  if (asked.state === 'loading') return <Loading />;
  if (asked.state === 'failed') return <Problem error={asked.error} />;
  const leave = () => {
    setReview(undefined);
    goTo('#/trust');
  };
  if (review !== undefined) return <ReviewTrust review={review} onDone={leave} />;
  if (rest === 'add') return <TrustAdd onFound={setReview} />;
  return <Trusted trusted={asked.value} onFound={setReview} />;
};

const Trusted = ({
  trusted: { anchors, lists },
  onFound,
}: {
  trusted: OwnResponse<'trust.list'>;
  onFound: (review: TrustReview) => void;
}) => {
  const [leaving, setLeaving] = useState<OwnAnchorView | TrustListView | undefined>(undefined);
  return (
    <div class="stack-wide">
      <PageHead title={t('nav_trust')} lead={t('trust_lead')}>
        <Button look="primary" onClick={() => goTo('#/trust/add')}>
          <Icon name="plus" size={18} />
          {t('trust_add')}
        </Button>
      </PageHead>
      {anchors.length === 0 && lists.length === 0 && (
        <Empty title={t('trust_empty')}>
          <p class="soft">{t('trust_empty_why')}</p>
          <p class="soft">{t('trust_empty_next')}</p>
        </Empty>
      )}
      {anchors.length > 0 && (
        <section class="stack">
          <h2>{t('trust_own')}</h2>
          <ul class="trusted">
            {anchors.map((anchor) => (
              <li key={anchor.id}>
                <Anchor anchor={anchor}>
                  <Button onClick={() => setLeaving(anchor)}>{t('trust_remove')}</Button>
                </Anchor>
              </li>
            ))}
          </ul>
        </section>
      )}
      {lists.length > 0 && (
        <section class="stack">
          <h2>{t('trust_lists')}</h2>
          <ul class="trusted">
            {lists.map((list) => (
              <li key={list.id}>
                <TrustedList list={list} onFound={onFound} onLeave={() => setLeaving(list)} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {leaving !== undefined && <StopTrusting trusted={leaving} onClose={() => setLeaving(undefined)} />}
    </div>
  );
};
