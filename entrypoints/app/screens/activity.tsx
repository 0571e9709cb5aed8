import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { AuditSentence, claimsPhrase } from '../../../components/audit-sentence.tsx';
import { auditWords } from '../../../components/audit-words.ts';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Loading } from '../../../components/loading.tsx';
import { Problem } from '../../../components/notice.tsx';
import { clockWords, dayOf, dayWords } from '../../../components/time-words.ts';
import { useAction } from '../../../components/use-action.ts';
import type { AuditEntryView } from '../../../lib/messaging/index.ts';
import { ask, onChanged } from '../../../lib/messaging/index.ts';
import { t } from '../../../lib/platform/index.ts';
import { Empty } from './empty.tsx';
import { PageHead } from './page-head.tsx';
import { matches, SearchField } from './search-field.tsx';

const PAGE = 50;
/** While searching, pages are as large as the worker gives them. */
const SEARCH_PAGE = 200;

interface Log {
  readonly entries: readonly AuditEntryView[];
  readonly total: number;
}

/** Everything that happened in the vault, newest first. Search reads on until the whole log was looked at. */
export const Activity = () => {
  const [log, setLog] = useState<Log | undefined>(undefined);
  const [query, setQuery] = useState('');
  const { busy, error, run } = useAction();
  const held = useRef<Log | undefined>(undefined);
  held.current = log;

  const more = useCallback((limit: number) => {
    run(async () => {
      const before = held.current?.entries.at(-1)?.seq;
      const next = await ask('audit.list', before === undefined ? { limit } : { limit, before });
      setLog((was) => ({ entries: [...(was?.entries ?? []), ...next.entries], total: next.total }));
    });
  }, []);
  const newer = useCallback(async () => {
    const { entries, total } = await ask('audit.list', { limit: PAGE });
    setLog((was) => {
      const newest = was?.entries[0]?.seq ?? -1;
      return { entries: [...entries.filter(({ seq }) => seq > newest), ...(was?.entries ?? [])], total };
    });
  }, []);

  useEffect(() => {
    more(PAGE);
    return onChanged((what) => {
      if (what === 'audit' && held.current !== undefined) void newer().catch(() => undefined); // what is shown stays true
    });
  }, []);

  const complete = log !== undefined && log.entries.length >= log.total;
  const searching = query.trim() !== '';
  useEffect(() => {
    if (searching && log !== undefined && !complete && !busy && error === undefined) more(SEARCH_PAGE);
  }, [searching, complete, busy, error]);

  if (log === undefined) return error === undefined ? <Loading /> : <Problem error={error} />;
  const shown = searching ? log.entries.filter((entry) => isAbout(query, entry)) : log.entries;
  return (
    <div class="stack-wide">
      <PageHead title={t('nav_activity')} lead={t('activity_lead')} />
      {log.total === 0 ? (
        <Empty title={t('activity_empty')}>
          <p class="soft">{t('activity_empty_why')}</p>
        </Empty>
      ) : (
        <SearchField label={t('activity_search')} value={query} onInput={setQuery} />
      )}
      {searching && complete && shown.length === 0 && <p class="soft">{t('search_none')}</p>}
      {byDay(shown).map((entries) => (
        <Day key={dayOf(entries[0].time)} entries={entries} />
      ))}
      <Problem error={error} />
      {!complete && (
        <div>
          <Button busy={busy} onClick={() => more(PAGE)}>
            {t('activity_more')}
          </Button>
        </div>
      )}
    </div>
  );
};

const Day = ({ entries }: { entries: readonly [AuditEntryView, ...AuditEntryView[]] }) => (
  <section class="day">
    <h2>{dayWords(entries[0].time)}</h2>
    <ol>
      {entries.map((entry) => (
        <li key={entry.seq} class="entry">
          <span class={`entry-icon ${toneOf(entry)}`}>
            <Icon name={auditWords(entry).icon} size={16} />
          </span>
          <p class="grow">
            <AuditSentence entry={entry} />
          </p>
          <time class="small soft" dateTime={new Date(entry.time).toISOString()}>
            {clockWords(entry.time)}
          </time>
        </li>
      ))}
    </ol>
  </section>
);

function toneOf(entry: AuditEntryView): string {
  if (entry.kind === 'proof.allowed') return 'is-wax';
  const { icon } = auditWords(entry);
  if (icon === 'warn') return 'is-warn';
  return icon === 'harm' ? 'is-harm' : 'soft';
}

const isAbout = (query: string, entry: AuditEntryView): boolean =>
  matches(query, t(auditWords(entry).key, entry.subject, claimsPhrase(entry.claims)));

function byDay(entries: readonly AuditEntryView[]): [AuditEntryView, ...AuditEntryView[]][] {
  const days: [AuditEntryView, ...AuditEntryView[]][] = [];
  for (const entry of entries) {
    const last = days.at(-1);
    if (last !== undefined && dayOf(last[0].time) === dayOf(entry.time)) last.push(entry);
    else days.push([entry]);
  }
  return days;
}
