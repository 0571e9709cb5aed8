import './capabilities.css';
import { ShareBar } from '../../../../components/capability/share-bar.tsx';
import { spentShare, spentWords } from '../../../../components/capability/spent-words.ts';
import { endWords, isActive } from '../../../../components/capability/state-words.ts';
import { Icon } from '../../../../components/icon.tsx';
import { Origin } from '../../../../components/origin.tsx';
import { timeAgo } from '../../../../components/time-words.ts';
import { displayText } from '../../../../lib/core/index.ts';
import type { CapabilityView } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { Monogram } from '../parts/monogram.tsx';

/** One capability in a list: at which site, what for, how much of it is left, and for how long. */
export const CapabilityRow = ({ capability, now }: { capability: CapabilityView; now: number }) => {
  const { id, audience, purpose, releasedAt } = capability;
  const active = isActive(capability, now);
  const { words, tone, icon } = endWords(capability, now);
  const share = spentShare(capability);
  return (
    <a class={active ? 'cap-row' : 'cap-row over'} href={`#/capabilities/${id}`}>
      <Monogram origin={audience} sealed={active} />
      <div class="cap-what">
        <h3>
          <Origin origin={audience} />
        </h3>
        <p class="soft">
          “<bdi dir="auto">{displayText(purpose, 140)}</bdi>”
        </p>
      </div>
      <p class="cap-end small">
        <span class={`row ${tone}`}>
          <Icon name={icon} size={14} />
          {words}
        </span>
        <span class="soft">
          {t('cap_given')} <time dateTime={new Date(releasedAt).toISOString()}>{timeAgo(releasedAt, now)}</time>
        </span>
      </p>
      <span class="cap-open soft">
        <Icon name="right" size={16} />
      </span>
      <div class="cap-money">
        {active && share !== undefined && <ShareBar share={share} />}
        <p class="spent-words">{spentWords(capability, now)}</p>
      </div>
    </a>
  );
};
