import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Grants } from '../../../../components/capability/grants.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { Origin } from '../../../../components/origin.tsx';
import { Rich } from '../../../../components/rich.tsx';
import { dateWords } from '../../../../components/time-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import { displayText } from '../../../../lib/core/index.ts';
import type { AuthorityView, TrustedAuthorityView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { Empty } from '../parts/empty.tsx';
import { Monogram } from '../parts/monogram.tsx';

/** Who stands behind what the person shows, with what, and whose word the person takes. */
export const Authorities = () => {
  const asked = useAsked('authorities.list', {}, ['capabilities']);
  const [leaving, setLeaving] = useState<AuthorityView | undefined>(undefined);
  const [distrusting, setDistrusting] = useState<TrustedAuthorityView | undefined>(undefined);
  if (asked.state === 'loading') return <Loading />;
  if (asked.state === 'failed') return <Problem error={asked.error} />;
  const { offers, trusted } = asked.value;
  if (offers.length === 0 && trusted.length === 0) {
    return (
      <Empty title={t('authorities_empty')}>
        <p class="soft">{t('authorities_empty_why')}</p>
        <p class="soft">{t('authorities_empty_demo')}</p>
      </Empty>
    );
  }
  const newestFirst = offers.toSorted((a, b) => b.since - a.since);
  return (
    <>
      <p class="soft">{t('authorities_lead')}</p>
      {offers.length > 0 && (
        <section class="stack">
          <h2>{t('authority_offers')}</h2>
          <ul class="authorities">
            {newestFirst.map((offer) => (
              <li key={offer.id}>
                <Offer offer={offer} onLeave={() => setLeaving(offer)} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <section class="stack">
        <h2>{t('authority_trusted_list')}</h2>
        <p class="soft">{t(trusted.length === 0 ? 'authority_trusted_none' : 'authority_trusted_what')}</p>
        <ul class="authorities">
          {trusted.map((one) => (
            <li key={one.authority}>
              <Trusted trusted={one} onStop={() => setDistrusting(one)} />
            </li>
          ))}
        </ul>
      </section>
      {leaving !== undefined && (
        <Decide
          title={t('authority_leave_title')}
          authority={leaving.authority}
          means={['authority_leave_means', 'authority_leave_again']}
          verb={t('authority_leave')}
          act={() => ask('authorities.giveUp', { id: leaving.id })}
          onClose={() => setLeaving(undefined)}
        />
      )}
      {distrusting !== undefined && (
        <Decide
          title={t('authority_distrust_title')}
          authority={distrusting.authority}
          means={['authority_distrust_means', 'authority_distrust_again']}
          verb={t('authority_distrust')}
          act={() => ask('authorities.distrust', { authority: distrusting.authority })}
          onClose={() => setDistrusting(undefined)}
        />
      )}
    </>
  );
};

const Offer = ({ offer, onLeave }: { offer: AuthorityView; onLeave: () => void }) => {
  const stands = offer.state === 'accepted';
  return (
    <article class={stands ? 'authority' : 'authority over'}>
      <Monogram origin={offer.authority} sealed={stands} />
      <div class="grow stack-tight">
        <h3>
          <Origin origin={offer.authority} />
        </h3>
        <Grants grants={offer.grants} />
        <p class="small soft row-wrap">
          <span class={stands ? 'row is-wax' : 'row'}>
            <Icon name={stands ? 'check' : 'x'} size={14} />
            {t(`authority_state_${offer.state}`, dateWords(offer.since))}
          </span>
          {stands && <span>{t('expires_on', dateWords(offer.expiresAt))}</span>}
        </p>
      </div>
      {stands && <Button onClick={onLeave}>{t('authority_leave')}</Button>}
    </article>
  );
};

const Trusted = ({ trusted, onStop }: { trusted: TrustedAuthorityView; onStop: () => void }) => (
  <article class="authority">
    <div class="grow stack-tight">
      <h3>
        <Origin origin={trusted.authority} />
      </h3>
      <p class="small soft">{t('authority_trusted_since', dateWords(trusted.since))}</p>
      <details>
        <summary class="small soft">
          <Icon name="right" size={14} />
          {t('authority_keys')}
        </summary>
        <ul class="stack-tight small">
          {trusted.keys.map((key) => (
            <li key={key} class="mono">
              {displayText(key, 80)}
            </li>
          ))}
        </ul>
      </details>
    </div>
    <Button onClick={onStop}>{t('authority_distrust')}</Button>
  </article>
);

/** Ends something with an authority, once the person read what that means; `$1` of the first line is the authority. */
const Decide = ({
  title,
  authority,
  means: [first, then],
  verb,
  act,
  onClose,
}: {
  title: string;
  authority: string;
  means: readonly [
    'authority_leave_means' | 'authority_distrust_means',
    'authority_leave_again' | 'authority_distrust_again',
  ];
  verb: string;
  act: () => Promise<unknown>;
  onClose: () => void;
}) => {
  const { busy, error, run } = useAction();
  return (
    <Dialog title={title} onClose={onClose}>
      <p>
        <Rich message={first} parts={[<Origin origin={authority} />]} />
      </p>
      <p class="soft">{t(then)}</p>
      <Problem error={error} />
      <div class="actions">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button
          look="harm filled"
          busy={busy}
          onClick={() =>
            run(async () => {
              await act();
              onClose();
            })
          }
        >
          {verb}
        </Button>
      </div>
    </Dialog>
  );
};
