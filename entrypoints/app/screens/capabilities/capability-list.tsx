import { useState } from 'preact/hooks';
import { isActive } from '../../../../components/capability/state-words.ts';
import { Loading } from '../../../../components/loading.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { useAsked } from '../../../../components/use-asked.ts';
import { useNow } from '../../../../components/use-now.ts';
import type { CapabilityView } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { CapabilityRow } from './capability-row.tsx';
import { Empty } from '../parts/empty.tsx';
import { matches, SearchField } from '../parts/search-field.tsx';

/** From how many entries a list has search. */
const SEARCH_FROM = 7;

/** What was given away: what may still be used first, what has ended below. */
export const CapabilityList = () => {
  const asked = useAsked('capabilities.list', {}, ['capabilities']);
  const [query, setQuery] = useState('');
  const now = useNow(1000);
  if (asked.state === 'loading') return <Loading />;
  if (asked.state === 'failed') return <Problem error={asked.error} />;
  const all = asked.value.capabilities;
  if (all.length === 0) {
    return (
      <Empty title={t('capabilities_empty')}>
        <p class="soft">{t('capabilities_empty_why')}</p>
        <a class="button" href="#/capabilities/.limits">
          {t('capabilities_empty_first')}
        </a>
      </Empty>
    );
  }
  const shown = all
    .filter(({ audience, purpose, terms }) => matches(query, audience, purpose, terms.kind))
    .toSorted((a, b) => b.releasedAt - a.releasedAt);
  return (
    <>
      {all.length >= SEARCH_FROM && <SearchField label={t('cap_search')} value={query} onInput={setQuery} />}
      {shown.length === 0 && (
        <p class="soft" role="status">
          {t('search_none')}
        </p>
      )}
      <Group title={t('cap_active')} capabilities={shown.filter((one) => isActive(one, now))} now={now} />
      <Group title={t('cap_ended')} capabilities={shown.filter((one) => !isActive(one, now))} now={now} />
    </>
  );
};

const Group = ({
  title,
  capabilities,
  now,
}: {
  title: string;
  capabilities: readonly CapabilityView[];
  now: number;
}) =>
  capabilities.length === 0 ? null : (
    <section class="cap-group">
      <h2>{title}</h2>
      <ul>
        {capabilities.map((capability) => (
          <li key={capability.id}>
            <CapabilityRow capability={capability} now={now} />
          </li>
        ))}
      </ul>
    </section>
  );
