import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { amountWords } from '../../../../components/capability/amount-words.ts';
import { kindWords } from '../../../../components/capability/could-words.ts';
import { ShareBar } from '../../../../components/capability/share-bar.tsx';
import { figureWords, spentShare, spentWords } from '../../../../components/capability/spent-words.ts';
import { endWords, isActive, worksStill } from '../../../../components/capability/state-words.ts';
import { Icon } from '../../../../components/icon.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { Origin, OriginWithTransport } from '../../../../components/origin.tsx';
import { siteActivityHash } from '../../../../components/site-hash.ts';
import { dateAndTimeWords } from '../../../../components/time-words.ts';
import { useNow } from '../../../../components/use-now.ts';
import { displayText } from '../../../../lib/core/index.ts';
import type { CapabilityTermsView, CapabilityView } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { CapabilityForget, CapabilityRevoke } from './capability-dialogs.tsx';
import { CapabilityReceipts } from './capability-receipts.tsx';

/** One capability: how it stands, what was taken with it, and the way to end it. */
export const CapabilityDetail = ({ capability }: { capability: CapabilityView }) => {
  const { audience, purpose, terms } = capability;
  const now = useNow(1000);
  const [asking, setAsking] = useState<'revoke' | 'forget' | undefined>(undefined);
  const active = isActive(capability, now);
  const { words, icon, tone } = endWords(capability, now);
  const still = worksStill(capability, now);
  const share = spentShare(capability);
  const close = () => setAsking(undefined);
  return (
    <div class="stack-wide">
      <header class="stack-tight">
        <a class="link back" href="#/capabilities">
          {t('cap_back')}
        </a>
        <h1 class="site-title">
          <OriginWithTransport origin={audience} />
        </h1>
        <p class="lead">
          “<bdi dir="auto">{displayText(purpose, 140)}</bdi>”
        </p>
      </header>
      {still !== undefined && (
        <Notice tone="warn">
          <strong>{t('cap_revoked_title')}</strong> {t('cap_revoked_works', dateAndTimeWords(still))}
        </Notice>
      )}
      <section class="card cap-card" aria-label={t('cap_stands')}>
        <div class="cap-card-head">
          <p class="cap-figure">{figureWords(capability, now)}</p>
          <p class={`row ${tone}`} role="timer">
            <Icon name={icon} size={16} />
            {words}
          </p>
        </div>
        {share !== undefined && <ShareBar share={share} />}
        <p class="spent-words">{spentWords(capability, now)}</p>
        <div class="actions">
          {active ? (
            <Button look="harm" onClick={() => setAsking('revoke')}>
              {t('cap_revoke')}
            </Button>
          ) : (
            <Button onClick={() => setAsking('forget')}>
              <Icon name="trash" size={16} />
              {t('cap_forget')}
            </Button>
          )}
        </div>
      </section>
      <CapabilityReceipts receipts={capability.receipts} expected={terms.receipts} active={active} />
      <About capability={capability} />
      {asking === 'revoke' && <CapabilityRevoke capability={capability} onClose={close} />}
      {asking === 'forget' && <CapabilityForget capability={capability} onClose={close} />}
    </div>
  );
};

const About = ({ capability }: { capability: CapabilityView }) => {
  const { id, audience, terms, releasedAt, expiresAt, revokedAt, authority } = capability;
  return (
    <section class="stack">
      <h2>{t('cap_about')}</h2>
      <dl class="facts-list">
        <dt>{t('cap_kind')}</dt>
        <dd>{kindWords(terms.kind)}</dd>
        <dt>{t('cap_use')}</dt>
        <dd>{useWords(terms)}</dd>
        <dt>{t('cap_held_by')}</dt>
        <dd>{t(terms.bearer ? 'cap_held_by_anyone' : 'cap_held_by_key')}</dd>
        {authority !== undefined && (
          <>
            <dt>{t('cap_shown_with')}</dt>
            <dd>
              <Origin origin={authority} />
            </dd>
          </>
        )}
        <dt>{t('cap_given')}</dt>
        <dd>{dateAndTimeWords(releasedAt)}</dd>
        <dt>{t('cap_ends')}</dt>
        <dd>{dateAndTimeWords(expiresAt)}</dd>
        {revokedAt !== undefined && (
          <>
            <dt>{t('cap_state_revoked')}</dt>
            <dd>{dateAndTimeWords(revokedAt)}</dd>
          </>
        )}
        <dt>{t('cap_id')}</dt>
        <dd class="mono">{id}</dd>
      </dl>
      <p>
        <a class="button" href={siteActivityHash(audience)}>
          <Icon name="history" size={16} />
          {t('site_activity')}
        </a>
      </p>
    </section>
  );
};

function useWords({ oneTime, unit, currency }: CapabilityTermsView): string {
  if (unit !== undefined && currency !== undefined) return t('cap_use_steps', amountWords(unit, currency));
  return t(oneTime ? 'cap_use_once' : 'cap_use_often');
}
