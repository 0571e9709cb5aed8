import './sites.css';
import { useRef, useState } from 'preact/hooks';
import { Icon } from '../../../../components/icon.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { Origin } from '../../../../components/origin.tsx';
import { siteHash, siteInHash } from '../../../../components/site-hash.ts';
import { isMuted, rulesOf } from '../../../../components/site-rules.ts';
import { learnedPhrase, ROLE_NAMES, untilWords } from '../../../../components/site-words.ts';
import { timeAgo } from '../../../../components/time-words.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import type { RuleView, SiteView } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { Empty } from '../parts/empty.tsx';
import { Monogram } from '../parts/monogram.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { matches, SearchField } from '../parts/search-field.tsx';
import { SiteDetail } from './site-detail.tsx';
import { Suggestions } from '../rules/suggestions.tsx';

/** From how many entries a list has search. */
const SEARCH_FROM = 7;
/** How many things a row names before it counts the rest. */
const NAMED = 3;

/** Every site that asked something: what it knows, what it may do. `rest`: the one to look at, as a hash has it. */
export const Sites = ({ rest }: { rest: string }) => {
  const sites = useAsked('sites.list', {}, ['policy', 'audit', 'requests']);
  const policy = useAsked('policy.get', {}, ['policy', 'audit']);
  const seen = useRef<SiteView | undefined>(undefined);
  if (sites.state === 'failed') return <Problem error={sites.error} />;
  if (policy.state === 'failed') return <Problem error={policy.error} />;
  if (sites.state === 'loading' || policy.state === 'loading') return <Loading />;
  const wanted = siteInHash(rest);
  const listed = sites.value.sites.find(({ subject }) => subject === wanted);
  if (listed !== undefined) seen.current = listed;
  const chosen = listed ?? (seen.current?.subject === wanted ? nothingLeft(seen.current) : undefined);
  if (chosen !== undefined) return <SiteDetail key={chosen.subject} site={chosen} policy={policy.value} />;
  return <List sites={sites.value.sites} rules={policy.value.rules} />;
};

/** A site that left the list under the eyes of the person, with its last rule or its mute: it stays on the screen. */
function nothingLeft({ subject, role, roleBy, firstAt, lastAt, learned }: SiteView): SiteView {
  return { subject, role, roleBy, firstAt, lastAt, learned, permits: [], denials: [] };
}

const List = ({ sites, rules }: { sites: readonly SiteView[]; rules: readonly RuleView[] }) => {
  const [query, setQuery] = useState('');
  const now = Date.now();
  const shown = sites
    .filter((site) => matches(query, site.subject, t(ROLE_NAMES[site.role]), learnedPhrase(site.learned)))
    .toSorted((a, b) => b.lastAt - a.lastAt);
  return (
    <div class="stack-wide">
      <PageHead title={t('nav_sites')} lead={t('sites_lead')} />
      <Suggestions />
      {sites.length === 0 && (
        <Empty title={t('sites_empty')}>
          <p class="soft">{t('sites_empty_why')}</p>
          <a class="button" href="#/credentials">
            {t('sites_empty_first')}
          </a>
        </Empty>
      )}
      {sites.length >= SEARCH_FROM && <SearchField label={t('sites_search')} value={query} onInput={setQuery} />}
      {sites.length > 0 && shown.length === 0 && (
        <p class="soft" role="status">
          {t('search_none')}
        </p>
      )}
      {shown.length > 0 && (
        <ul class="sites">
          {shown.map((site) => (
            <li key={site.subject}>
              <Row site={site} rules={rules} now={now} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
};

const Row = ({ site, rules, now }: { site: SiteView; rules: readonly RuleView[]; now: number }) => {
  const { permits, denials } = rulesOf(site, rules);
  const standing = permits.filter(({ ended }) => !ended).length;
  return (
    <a class="site" href={siteHash(site.subject)}>
      <Monogram origin={site.subject} sealed={standing > 0} />
      <h2>
        <Origin origin={site.subject} />
      </h2>
      <span class="site-aside small soft">
        {t(ROLE_NAMES[site.role])}
        {site.lastAt > 0 && (
          <>
            {' '}
            · <time dateTime={new Date(site.lastAt).toISOString()}>{timeAgo(site.lastAt, now)}</time>
          </>
        )}
      </span>
      <span class="site-open soft">
        <Icon name="right" size={16} />
      </span>
      <div class="site-knows">
        <p class="soft">
          {site.learned.length === 0 ? t('site_knows_nothing') : t('site_knows', learnedPhrase(site.learned, NAMED))}
        </p>
        <p class="site-marks small">
          {standing > 0 && (
            <Mark icon="check" tone="is-wax">
              {t('site_mark_standing')}
            </Mark>
          )}
          {denials.length > 0 && (
            <Mark icon="x">
              {t(denials.some(({ rule }) => rule.claims === '*') ? 'site_mark_never_any' : 'site_mark_never')}
            </Mark>
          )}
          {site.mutedUntil !== undefined && isMuted(site, now) && (
            <Mark icon="mute" tone="is-warn">
              {t('site_mark_muted', untilWords(site.mutedUntil, now))}
            </Mark>
          )}
        </p>
      </div>
    </a>
  );
};

const Mark = ({ icon, tone = 'soft', children }: { icon: 'check' | 'x' | 'mute'; tone?: string; children: string }) => (
  <span class={`row ${tone}`}>
    <Icon name={icon} size={14} />
    {children}
  </span>
);
