import { agentActivityHash } from '../../../../components/agents/agent-hash.ts';
import { AGENT_CALLS } from '../../../../components/audit-words.ts';
import { Icon } from '../../../../components/icon.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { useAsked } from '../../../../components/use-asked.ts';
import type { AuditKind } from '../../../../lib/audit/index.ts';
import { t, uiLanguage } from '../../../../lib/platform/index.ts';
import { ActivityEntry } from '../activity/activity-entry.tsx';

/** How many entries are shown before the person goes to all of them. */
const SHOWN = 8;

/** A call, and what became of it. */
const KINDS = [...AGENT_CALLS, 'agent.allowed', 'agent.denied', 'agent.ended'] satisfies AuditKind[];

/** What the log has of what one agent asked, the last first. */
export const AgentAsked = ({ id }: { id: string }) => {
  const asked = useAsked('audit.list', { limit: SHOWN, filter: { site: id, kinds: KINDS } }, ['audit', 'agents']);
  const clock = new Intl.DateTimeFormat(uiLanguage(), { dateStyle: 'short', timeStyle: 'short' });
  return (
    <section class="stack">
      <h2>{t('agent_did')}</h2>
      {asked.state === 'loading' && <Loading />}
      {asked.state === 'failed' && <Problem error={asked.error} />}
      {asked.state === 'ready' && asked.value.entries.length === 0 && <p class="soft">{t('agent_never_asked')}</p>}
      {asked.state === 'ready' && asked.value.entries.length > 0 && (
        <ol class="activity log">
          {asked.value.entries.map((entry) => (
            <ActivityEntry key={entry.seq} entry={entry} clock={clock} />
          ))}
        </ol>
      )}
      <p>
        <a class="button" href={agentActivityHash(id)}>
          <Icon name="history" size={16} />
          {t('agent_all_activity')}
        </a>
      </p>
    </section>
  );
};
