import { useContext, useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { OriginWithTransport, Registrable } from '../../../../components/origin.tsx';
import { asStart } from '../../../../components/policy/list-words.ts';
import { siteActivityHash } from '../../../../components/site-hash.ts';
import { domainOf, isMuted, leastRoles, rulesOf } from '../../../../components/site-rules.ts';
import {
  formWords,
  learnedPhrase,
  namesOf,
  ROLE_NAMES,
  untilWords,
  usualWords,
} from '../../../../components/site-words.ts';
import { dateWords, timeAgo } from '../../../../components/time-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import type { OwnResponse, SiteView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';
import { SiteCapabilities } from './site-capabilities.tsx';
import { SiteRole } from './site-role.tsx';
import { SitePermits, SiteDenials, WiderRules } from './site-rules.tsx';

type Policy = OwnResponse<'policy.get'>;

/** One site: what it knows, what it may and may not do, what it counts as. */
export const SiteDetail = ({ site, policy }: { site: SiteView; policy: Policy }) => {
  const now = Date.now();
  const { permits, denials, wider } = rulesOf(site, policy.rules);
  const names = namesOf([...policy.defaults, ...site.learned]);
  return (
    <div class="stack-wide">
      <header class="stack-tight">
        <a class="link back" href="#/sites">
          {t('site_back')}
        </a>
        <h1 class="site-title">
          <OriginWithTransport origin={site.subject} />
        </h1>
        {site.lastAt > 0 && <p class="soft">{t('site_seen', dateWords(site.firstAt), timeAgo(site.lastAt, now))}</p>}
      </header>
      <Muted site={site} now={now} />
      <Learned site={site} now={now} />
      <SiteCapabilities subject={site.subject} />
      <SitePermits site={site} rules={permits} names={names} />
      <SiteDenials rules={denials} names={names} />
      <WiderRules rules={wider} names={names} />
      <RoleSection site={site} policy={policy} />
      <p>
        <a class="button" href={siteActivityHash(site.subject)}>
          <Icon name="history" size={16} />
          {t('site_activity')}
        </a>
      </p>
    </div>
  );
};

const Muted = ({ site, now }: { site: SiteView; now: number }) => {
  const { busy, error, run } = useAction();
  const unmute = () =>
    run(async () => {
      await ask('sites.unmute', { subject: site.subject });
    });
  if (site.mutedUntil === undefined || !isMuted(site, now)) return null;
  return (
    <Notice tone="warn">
      <div class="banner">
        <p>
          <strong>{t('mute_until', untilWords(site.mutedUntil, now))}</strong> {t('mute_why')}
        </p>
        <Button busy={busy} onClick={unmute}>
          {t('mute_end')}
        </Button>
      </div>
      <Problem error={error} />
    </Notice>
  );
};

const Learned = ({ site: { learned }, now }: { site: SiteView; now: number }) => (
  <section class="stack">
    <h2>{t('site_learned')}</h2>
    {learned.length === 0 ? (
      <p class="soft">{t('site_learned_none')}</p>
    ) : (
      <ul class="site-facts">
        {learned.map((fact) => (
          <li key={`${fact.claim} ${fact.format}`}>
            <div class="grow">
              <p class="phrase">{asStart(learnedPhrase([fact]))}</p>
              <p class="small soft">{formWords(fact.format)}</p>
            </div>
            <p class="small soft">
              {tn('site_times', fact.times)} ·{' '}
              <time dateTime={new Date(fact.lastAt).toISOString()}>{timeAgo(fact.lastAt, now)}</time>
            </p>
          </li>
        ))}
      </ul>
    )}
  </section>
);

const RoleSection = ({ site, policy }: { site: SiteView; policy: Policy }) => {
  const [choosing, setChoosing] = useState(false);
  const find = useContext(Registrable);
  const domain = find(URL.parse(site.subject)?.hostname ?? '');
  const least = leastRoles(policy.defaults, policy.set.claim_roles);
  return (
    <section class="stack">
      <h2>{t('site_role')}</h2>
      <div class="card site-role">
        <div class="stack-tight">
          <p>
            <strong>{t(ROLE_NAMES[site.role])}</strong>
          </p>
          <p class="small soft">
            {site.roleBy === 'domain'
              ? t('site_role_by_domain', domainOf(site.subject, policy.set.roles) ?? '')
              : t(`site_role_by_${site.roleBy}`)}
          </p>
        </div>
        <Button onClick={() => setChoosing(true)}>{t('site_role_change')}</Button>
      </div>
      <p class="soft">
        {usualWords(site.role, least)} {t('site_role_what')}
      </p>
      {choosing && <SiteRole site={site} least={least} domain={domain} onClose={() => setChoosing(false)} />}
    </section>
  );
};
