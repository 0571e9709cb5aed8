import { AGENTS, agentHash } from '../../components/agents/agent-hash.ts';
import { AgentName } from '../../components/agents/agent-mark.tsx';
import { WithAgentNames } from '../../components/agents/agent-names.tsx';
import { AuditSentence } from '../../components/audit-sentence.tsx';
import { auditWords, isByRule, isDisclosure, isOfAgent } from '../../components/audit-words.ts';
import { Button } from '../../components/button.tsx';
import type { IconName } from '../../components/icon.tsx';
import { Icon } from '../../components/icon.tsx';
import { Loading } from '../../components/loading.tsx';
import { Problem } from '../../components/notice.tsx';
import { Origin } from '../../components/origin.tsx';
import { Rich } from '../../components/rich.tsx';
import { Seal } from '../../components/seal.tsx';
import { siteHash } from '../../components/site-hash.ts';
import { isMuted } from '../../components/site-rules.ts';
import { untilWords } from '../../components/site-words.ts';
import { timeAgo } from '../../components/time-words.ts';
import { useAction } from '../../components/use-action.ts';
import { useAsked } from '../../components/use-asked.ts';
import { useNow } from '../../components/use-now.ts';
import type { AuditEntryView, SiteView, Waiting, WalletStatus } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t, tn } from '../../lib/platform/index.ts';
import { goTo } from './go-to.ts';

/** How many disclosures the popup lists, and how far back it looks for them. */
const SHOWN = 5;
const LOOKED_AT = 100;

/** The open vault. */
export const Home = ({ status, originsReady }: { status: WalletStatus; originsReady: boolean }) => {
  const lock = useAction();
  return (
    <main class="popup">
      <header class="bar">
        <Seal state="open" size={28} />
        <h1 class="grow">{t('signet')}</h1>
        <Button
          look="quiet"
          busy={lock.busy}
          onClick={() =>
            lock.run(async () => {
              await ask('wallet.lock', {});
            })
          }
        >
          <Icon name="lock" size={16} />
          {t('lock')}
        </Button>
      </header>
      <Problem error={lock.error} />
      {status.waiting > 0 && originsReady && <WaitingNow />}
      {originsReady && <MutedSites />}
      {originsReady && <StoppedAgents />}
      <Reminders status={status} />
      <section class="learned grow" tabIndex={0} aria-label={t('popup_learned')}>
        <h2>{t('popup_learned')}</h2>
        {originsReady ? (
          <WithAgentNames>
            <Disclosures />
          </WithAgentNames>
        ) : (
          <Loading />
        )}
      </section>
      <nav class="ways" aria-label={t('signet')}>
        <Way icon="plus" label={t('popup_add')} hash="#/data/new" />
        <Way icon="qr" label={t('popup_link')} hash="#/link" />
        <Way icon="site" label={t('nav_sites')} hash="#/sites" />
        <Way icon="history" label={t('nav_activity')} hash="#/activity" />
        <Way icon="open" label={t('popup_open')} hash="#/credentials" />
      </nav>
    </main>
  );
};

/** The one thing to see to: the most urgent. */
const Reminders = ({ status }: { status: WalletStatus }) => {
  if (status.readOnly !== undefined) return <Reminder text={t(`read_only_${status.readOnly}_title`)} hash="#/" />;
  if (status.phraseUnconfirmed) return <Reminder text={t('reminder_short')} hash="#/settings/phrase" />;
  if (status.backupDue) return <Reminder text={t('backup_due_short')} hash="#/settings/backup" />;
  return null;
};

const Reminder = ({ text, hash }: { text: string; hash: string }) => (
  <button type="button" class="reminder" onClick={() => goTo(hash)}>
    <span class="is-warn">
      <Icon name="warn" />
    </span>
    <span class="grow">{text}</span>
    <Icon name="right" size={16} />
  </button>
);

const Way = ({ icon, label, hash }: { icon: IconName; label: string; hash: string }) => (
  <button type="button" class="way" onClick={() => goTo(hash)}>
    <Icon name={icon} size={20} />
    {label}
  </button>
);

/** What waits for the person comes before everything else. */
const WaitingNow = () => {
  const asked = useAsked('requests.list', {}, ['requests']);
  const show = useAction();
  if (asked.state !== 'ready') return null;
  const [first] = asked.value.waiting;
  if (first === undefined) return null;
  return (
    <section class="waiting">
      <div>
        <p class="waiting-origin">
          <Asker waiting={first} />
        </p>
        <p>{t(`asks_${first.kind}`)}</p>
        {first.total > 1 && <p class="small">{tn('popup_more_waiting', first.total - 1)}</p>}
      </div>
      <Button
        look="primary"
        wide
        busy={show.busy}
        onClick={() =>
          show.run(async () => {
            await ask('requests.show', {});
            window.close();
          })
        }
      >
        {t('popup_review')}
        <Icon name="arrow" size={16} />
      </Button>
      <Problem error={show.error} />
    </section>
  );
};

/** Who asks: an agent by its name, whomever it asks for. */
const Asker = ({ waiting: { kind, agent, origin } }: { waiting: Waiting }) => {
  if (agent !== undefined) return <AgentName name={agent.name} />;
  if (kind === 'open') return <>{t('signet')}</>;
  return origin === '' ? <AgentName name="" /> : <Origin origin={origin} />;
};

/** No agent is listened to: said for as long as that is so, with the way to where it ends. */
const StoppedAgents = () => {
  const asked = useAsked('agents.list', {}, ['agents']);
  if (asked.state !== 'ready' || !asked.value.stopped) return null;
  return <Reminder text={t('popup_agents_stopped')} hash={AGENTS} />;
};

/** A site that is not listened to, with the way to end that, and how many more there are. */
const MutedSites = () => {
  const asked = useAsked('sites.list', {}, ['policy', 'audit', 'requests']);
  const now = useNow();
  if (asked.state === 'failed') return <Problem error={asked.error} />;
  if (asked.state === 'loading') return null;
  const muted = asked.value.sites.filter((site) => isMuted(site, now));
  const [first] = muted;
  if (first === undefined) return null;
  return (
    <section class="muted" aria-label={t('mute_list')}>
      <Muted key={first.subject} site={first} more={muted.length - 1} now={now} again={asked.again} />
    </section>
  );
};

const Muted = ({ site, more, now, again }: { site: SiteView; more: number; now: number; again: () => void }) => {
  const { busy, error, run } = useAction();
  const unmute = () =>
    run(async () => {
      await ask('sites.unmute', { subject: site.subject });
      again();
    });
  return (
    <>
      <span class="is-warn">
        <Icon name="mute" size={16} />
      </span>
      <div class="grow">
        <p>
          <Rich
            message={'mute_site'}
            parts={[<Origin origin={site.subject} />, untilWords(site.mutedUntil ?? now, now)]}
          />
        </p>
        <p class="row-wrap">
          <button type="button" class="link" aria-disabled={busy} onClick={unmute}>
            {t('mute_end')}
          </button>
          {more > 0 && (
            <button type="button" class="link" onClick={() => goTo('#/sites')}>
              {tn('mute_more', more)}
            </button>
          )}
        </p>
        <Problem error={error} />
      </div>
    </>
  );
};

const Disclosures = () => {
  const asked = useAsked('audit.list', { limit: LOOKED_AT }, ['audit']);
  const now = useNow();
  if (asked.state === 'loading') return <Loading />;
  if (asked.state === 'failed') return <Problem error={asked.error} />;
  const entries = asked.value.entries.filter(isDisclosure).slice(0, SHOWN);
  if (entries.length === 0) return <p class="soft">{t('popup_learned_none')}</p>;
  return (
    <ul>
      {entries.map((entry) => (
        <Disclosure key={entry.seq} entry={entry} now={now} />
      ))}
    </ul>
  );
};

/** What a site learned or an agent asked; leads to what else it knows and what it may do. */
const Disclosure = ({ entry, now }: { entry: AuditEntryView; now: number }) => (
  <li>
    <button
      type="button"
      class="disclosure"
      onClick={() => goTo(isOfAgent(entry) ? agentHash(entry.subject) : siteHash(entry.subject))}
    >
      <span class="soft">
        <Icon name={auditWords(entry).icon} size={16} />
      </span>
      <span class="grow">
        <AuditSentence entry={entry} />{' '}
        <span class="soft">
          · <time dateTime={new Date(entry.time).toISOString()}>{timeAgo(entry.time, now)}</time>
          {isByRule(entry) && ` · ${t('audit_by_rule')}`}
        </span>
      </span>
    </button>
  </li>
);
