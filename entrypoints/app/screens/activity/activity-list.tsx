import { useEffect, useRef, useState } from 'preact/hooks';
import type { Block } from '../../../../components/block-list.tsx';
import { BlockList } from '../../../../components/block-list.tsx';
import { countWords } from '../../../../components/count-words.ts';
import { clockFormat, dayOf, dayWords } from '../../../../components/time-words.ts';
import type { AuditEntryView, AuditFilter } from '../../../../lib/messaging/index.ts';
import { onChanged } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { ActivityEntry } from './activity-entry.tsx';
import type { Page } from './activity-pages.ts';
import { readPage } from './activity-pages.ts';
import { Empty } from '../parts/empty.tsx';

const HEIGHT = '1000px';

/** One page of the list. Its stretch of the log is fixed as soon as it was read once: the log only grows at its end. */
interface PageBlock extends Block {
  /** Exclusive; absent: the newest entry. */
  readonly before?: number;
  /** Inclusive; absent while the page was never read. */
  readonly end?: number;
  /** Time of its oldest entry. */
  readonly lastTime?: number;
}

interface List {
  readonly filter: AuditFilter | undefined;
  readonly blocks: readonly PageBlock[];
  /** The newest entry in the list; -1: none. */
  readonly newest: number;
  readonly total?: number;
  readonly complete: boolean;
}

const begin = (filter: AuditFilter | undefined): List => ({
  filter,
  blocks: [{ key: crypto.randomUUID(), height: HEIGHT, inSight: true }],
  newest: -1,
  complete: false,
});

/** The entries that fit, newest first, page by page as the person goes down. */
export const ActivityList = ({ filter }: { filter: AuditFilter | undefined }) => {
  const [state, setList] = useState<List>(() => begin(filter));
  const list = state.filter === filter ? state : begin(filter);
  const [looking, setLooking] = useState<number | undefined>(undefined);
  const shown = useRef(list);
  shown.current = list;

  useEffect(() => {
    if (state !== list) setList(list);
  }, [filter]);

  const load = async (block: PageBlock): Promise<Page> => {
    const goOn = () => shown.current.filter === filter;
    const page = await readPage(block, filter, { goOn, onFurther: setLooking });
    setLooking(undefined);
    setList((was) => (was.filter === filter ? withPage(was, block, page) : was));
    return page;
  };

  useEffect(
    // Whatever changes is logged, and not all of it says so by itself.
    () => onChanged(() => void addNewer().catch(() => undefined)), // what is shown stays true
    [],
  );

  const addNewer = async (): Promise<void> => {
    const { filter: wanted, newest, total: known } = shown.current;
    if (known === undefined) return;
    const page = await readPage({ end: newest + 1 }, wanted, {
      goOn: () => shown.current.filter === wanted,
      atMost: 1,
    });
    setList((was) => {
      if (was.filter !== wanted) return was;
      return page.next === undefined || page.next <= newest + 1 ? withNewer(was, page) : begin(wanted);
    });
  };

  if (list.complete && list.newest === -1) return <Nothing filtered={filter !== undefined} />;
  return (
    <div class="stack log">
      {filter === undefined && list.total !== undefined && (
        <p class="small soft">{t('activity_total', countWords(list.total))}</p>
      )}
      <div>
        <BlockList blocks={list.blocks} load={load}>
          {({ entries }, block) => <Days entries={entries} before={timeBefore(list.blocks, block)} />}
        </BlockList>
      </div>
      <p role="status" class="small soft">
        {looking !== undefined && t('activity_looking', countWords(looking))}
      </p>
    </div>
  );
};

const Nothing = ({ filtered }: { filtered: boolean }) =>
  filtered ? (
    <p class="soft" role="status">
      {t('search_none')}
    </p>
  ) : (
    <Empty title={t('activity_empty')}>
      <p class="soft">{t('activity_empty_why')}</p>
    </Empty>
  );

/** The list after `block` was read: its stretch is fixed, and if it was the last, another waits below it. */
function withPage(list: List, block: PageBlock, { entries, next, total }: Page): List {
  const at = list.blocks.findIndex(({ key }) => key === block.key);
  if (at === -1 || block.end !== undefined) return { ...list, total };
  const [first] = entries;
  const last = entries.at(-1);
  const read: PageBlock = {
    ...block,
    end: next ?? 0,
    ...(first === undefined || block.before !== undefined ? {} : { before: first.seq + 1 }),
    ...(last === undefined ? {} : { lastTime: last.time }),
  };
  const further: PageBlock[] = next === undefined ? [] : [{ key: crypto.randomUUID(), before: next, height: HEIGHT }];
  return {
    ...list,
    blocks: [...list.blocks.slice(0, at), read, ...list.blocks.slice(at + 1), ...further],
    newest: at === 0 ? (first?.seq ?? -1) : list.newest,
    total,
    complete: next === undefined,
  };
}

/** The list with what was logged since; its page is read like any other. */
function withNewer(list: List, { entries, total }: Page): List {
  const fresh = entries.filter(({ seq }) => seq > list.newest);
  const [first] = fresh;
  const last = fresh.at(-1);
  if (first === undefined || last === undefined) return { ...list, total };
  if (list.newest === -1) return begin(list.filter);
  const newer: PageBlock = {
    key: crypto.randomUUID(),
    height: '0px',
    before: first.seq + 1,
    end: list.newest + 1,
    lastTime: last.time,
  };
  return { ...list, blocks: [newer, ...list.blocks], newest: first.seq, total };
}

/** The time of the entry above a block's first one. */
const timeBefore = (blocks: readonly PageBlock[], block: PageBlock): number | undefined =>
  blocks
    .slice(
      0,
      blocks.findIndex(({ key }) => key === block.key),
    )
    .findLast(({ lastTime }) => lastTime !== undefined)?.lastTime;

/** Entries under the day they happened on; a day that began above goes on without its heading. */
const Days = ({ entries, before }: { entries: readonly AuditEntryView[]; before: number | undefined }) => {
  const clock = clockFormat();
  return (
    <>
      {byDay(entries).map((day) => {
        const [{ time }] = day;
        const goesOn = before !== undefined && dayOf(before) === dayOf(time);
        return (
          <section key={dayOf(time)} class={goesOn ? 'day goes-on' : 'day'}>
            {!goesOn && <h2>{dayWords(time)}</h2>}
            <ol aria-label={dayWords(time)}>
              {day.map((entry) => (
                <ActivityEntry key={entry.seq} entry={entry} clock={clock} />
              ))}
            </ol>
          </section>
        );
      })}
    </>
  );
};

type Day = [AuditEntryView, ...AuditEntryView[]];

function byDay(entries: readonly AuditEntryView[]): readonly Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const last = days.at(-1);
    if (last !== undefined && dayOf(last[0].time) === dayOf(entry.time)) last.push(entry);
    else days.push([entry]);
  }
  return days;
}
