import { Button } from '../../../../components/button.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { dateWords } from '../../../../components/time-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import { displayText } from '../../../../lib/core/index.ts';
import type { TrustListView, TrustReview } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';
import { Anchor } from './trust-anchor.tsx';

/** A list that the person took in, with everybody on it. It is looked at again when they ask, and never by itself. */
export const TrustedList = ({
  list,
  onFound,
  onLeave,
}: {
  list: TrustListView;
  onFound: (review: TrustReview) => void;
  onLeave: () => void;
}) => {
  const { busy, error, run } = useAction();
  const look = () =>
    run(async () => {
      onFound(await ask('trust.fetch', { id: list.id }));
    });
  return (
    <article class="trusted-one">
      <div class="grow stack-tight">
        <h3>
          <bdi dir="auto">{displayText(list.name, 80)}</bdi>
        </h3>
        <p class="soft">{tn('trust_list_count', list.anchors.length)}</p>
        <p class="small soft">
          {list.address !== undefined && (
            <>
              {t('trust_list_from', displayText(URL.parse(list.address)?.host ?? list.address, 100))}
              {' · '}
            </>
          )}
          {t('trust_list_looked', dateWords(list.lookedAt))}
        </p>
        <Signer signer={list.signer} />
        <details>
          <summary class="small soft">
            <Icon name="right" size={14} />
            {t('trust_list_members')}
          </summary>
          <ul class="trusted">
            {list.anchors.map((anchor) => (
              <li key={anchor.id}>
                <Anchor anchor={anchor} />
              </li>
            ))}
          </ul>
        </details>
        <Problem error={error} />
      </div>
      <div class="row-wrap">
        {list.address !== undefined && (
          <Button busy={busy} onClick={look}>
            {t('look_again')}
          </Button>
        )}
        <Button onClick={onLeave}>{t('trust_remove')}</Button>
      </div>
    </article>
  );
};

/** Whether, and by which key, a list is signed. */
export const Signer = ({ signer }: { signer?: string | undefined }) =>
  signer === undefined ? (
    <p class="row small is-warn">
      <Icon name="warn" size={16} />
      {t('trust_unsigned')}
    </p>
  ) : (
    <div class="small soft">
      <p class="row">
        <Icon name="check" size={16} />
        {t('trust_signed')}
      </p>
      <p class="mono fingerprint">{signer}</p>
    </div>
  );
