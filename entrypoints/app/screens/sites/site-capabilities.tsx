import { CapabilityRow } from '../capabilities/capability-row.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { useAsked } from '../../../../components/use-asked.ts';
import { useNow } from '../../../../components/use-now.ts';
import { t } from '../../../../lib/platform/index.ts';

/** What one site may take or do, or might; nothing where it was never given anything. */
export const SiteCapabilities = ({ subject }: { subject: string }) => {
  const asked = useAsked('capabilities.list', {}, ['capabilities']);
  const now = useNow(1000);
  if (asked.state === 'failed') return <Problem error={asked.error} />;
  if (asked.state === 'loading') return <Loading />;
  const own = asked.value.capabilities
    .filter(({ audience }) => audience === subject)
    .toSorted((a, b) => b.releasedAt - a.releasedAt);
  if (own.length === 0) return null;
  return (
    <section class="cap-group">
      <h2>{t('site_capabilities')}</h2>
      <ul>
        {own.map((capability) => (
          <li key={capability.id}>
            <CapabilityRow capability={capability} now={now} />
          </li>
        ))}
      </ul>
    </section>
  );
};
