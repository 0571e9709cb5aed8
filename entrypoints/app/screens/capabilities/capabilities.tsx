import './capabilities.css';
import { useRef } from 'preact/hooks';
import { Loading } from '../../../../components/loading.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { useAsked } from '../../../../components/use-asked.ts';
import type { CapabilityView } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { Authorities } from './authorities.tsx';
import { CapabilityDetail } from './capability-detail.tsx';
import { CapabilityList } from './capability-list.tsx';
import { Limits } from './limits.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Tabs } from '../parts/tabs.tsx';

/** Places of this screen beside the capabilities themselves, whose ids have no dot. */
const TABS = ['', '.limits', '.authorities'] as const;
const TAB_WORDS = { '': 'cap_tab_list', '.limits': 'cap_tab_limits', '.authorities': 'cap_tab_authorities' } as const;

/** What sites may take or do with the person's yes, within which limits, and who stands behind it. `rest`: a tab or an id. */
export const Capabilities = ({ rest }: { rest: string }) => {
  const tab = TABS.find((one) => one === rest);
  return tab === undefined ? (
    <One id={rest} />
  ) : (
    <div class="stack-wide">
      <div class="stack">
        <PageHead title={t('nav_capabilities')} lead={t('capabilities_lead')} />
        <Tabs
          label={t('nav_capabilities')}
          at="capabilities"
          tab={tab}
          tabs={TABS.map((one) => ({ name: one, label: t(TAB_WORDS[one]) }))}
        />
      </div>
      {tab === '' && <CapabilityList />}
      {tab === '.limits' && <Limits />}
      {tab === '.authorities' && <Authorities />}
    </div>
  );
};

const One = ({ id }: { id: string }) => {
  const asked = useAsked('capabilities.list', {}, ['capabilities']);
  const seen = useRef<CapabilityView | undefined>(undefined);
  if (asked.state === 'loading') return <Loading />;
  if (asked.state === 'failed') return <Problem error={asked.error} />;
  const found = asked.value.capabilities.find((capability) => capability.id === id);
  if (found !== undefined) seen.current = found;
  // One that was forgotten under the eyes of the person stays until they go.
  const shown = found ?? (seen.current?.id === id ? seen.current : undefined);
  if (shown !== undefined) return <CapabilityDetail key={id} capability={shown} />;
  return (
    <div class="stack">
      <a class="link back" href="#/capabilities">
        {t('cap_back')}
      </a>
      <h1>{t('cap_gone')}</h1>
      <p class="soft">{t('cap_gone_why')}</p>
    </div>
  );
};
