import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Block } from '../../../../components/block-list.tsx';
import { BlockList } from '../../../../components/block-list.tsx';
import { Icon } from '../../../../components/icon.tsx';
import type { KeySlice } from '../../../../components/key-slices.ts';
import { keySlices, sliceOf } from '../../../../components/key-slices.ts';
import { countWords } from '../../../../components/count-words.ts';
import { sizeWords } from '../../../../components/size-words.ts';
import type { RowView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';

/** Slices hold from this many rows to twice as many. */
const PER_SLICE = 48;
const PAGE = 128;

/** A row that the person wants to see in the list; `turn` tells one wish from the next. */
export interface Wanted {
  readonly id: string;
  readonly turn: number;
}

/** How many rows the database has, and how many bytes they take. */
interface Counted {
  readonly total: number;
  readonly bytes: number;
}

interface SliceBlock extends Block {
  readonly slice: KeySlice;
}

/** Every row of the database in the order of its keys, nothing marked but what the person asked for. */
export const StorageRows = ({
  total,
  bytes,
  version,
  wanted,
  onAgain,
}: {
  total: number;
  bytes: number;
  version: unknown;
  wanted: Wanted | undefined;
  onAgain: () => void;
}) => {
  const scroller = useRef<HTMLDivElement>(null);
  const [moved, setMoved] = useState(false);
  // Not every write is announced: the list and its total are of the same moment all the same.
  const [counted, setCounted] = useState<Counted>({ total, bytes });
  const count = slicesFor(total);
  const blocks = useMemo(() => blocksOf(count, total), [count]);
  // Rows may have been written anew since the list was read: a wish to see one reads its place again.
  const reading = useMemo(() => ({}), [version, wanted]);
  const wantedSlice = wanted === undefined ? undefined : blocks[sliceOf(wanted.id, count)]?.slice;

  useEffect(() => setCounted({ total, bytes }), [version]);

  useEffect(() => {
    if (wanted === undefined) return;
    setMoved(false);
    const block = scroller.current?.querySelectorAll('.block').item(sliceOf(wanted.id, count));
    block?.scrollIntoView({ block: 'nearest' });
  }, [wanted]);

  const load = async ({ slice }: SliceBlock): Promise<readonly RowView[]> => {
    const rows = await readSlice(slice, setCounted);
    if (wanted !== undefined && slice === wantedSlice) setMoved(!rows.some(({ id }) => id === wanted.id));
    return rows;
  };

  return (
    <section class="database" aria-labelledby="database-title">
      <header class="database-head">
        <h2 id="database-title" class="mono">
          SELECT * FROM records
        </h2>
        <div class="row">
          <p class="small soft">{tn('storage_total', counted.total, sizeWords(counted.bytes))}</p>
          <button
            type="button"
            class="icon-button"
            aria-label={t('storage_again')}
            title={t('storage_again')}
            onClick={onAgain}
          >
            <Icon name="reload" size={16} />
          </button>
        </div>
      </header>
      <div class="database-rows" ref={scroller} tabIndex={0} role="table" aria-label={t('storage_rows')}>
        <div role="rowgroup" class="database-columns">
          <div role="row" class="database-row small soft">
            <span role="columnheader">{t('storage_id')}</span>
            <span role="columnheader">{t('storage_size')}</span>
            <span role="columnheader">{t('storage_start')}</span>
          </div>
        </div>
        <BlockList blocks={blocks} load={load} version={reading} scroller={scroller} role="rowgroup">
          {(rows) =>
            rows.map((row) => <Row key={row.id} row={row} wanted={row.id === wanted?.id ? wanted : undefined} />)
          }
        </BlockList>
      </div>
      <p role="status" class="small soft">
        {moved && t('storage_moved')}
      </p>
    </section>
  );
};

const Row = ({ row, wanted }: { row: RowView; wanted: Wanted | undefined }) => {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (wanted === undefined) return;
    element.current?.scrollIntoView({ block: 'center' });
    element.current?.focus({ preventScroll: true });
  }, [wanted]);
  return (
    <div
      role="row"
      ref={element}
      class={wanted === undefined ? 'database-row' : 'database-row is-wanted'}
      {...(wanted === undefined ? {} : { tabIndex: -1, 'aria-label': t('storage_this_row', row.id) })}
    >
      <span role="cell" class="mono database-id">
        {row.id}
      </span>
      <span role="cell" class="mono database-size">
        {countWords(row.size)}
      </span>
      <span role="cell" class="mono database-start">
        {row.start}…
      </span>
    </div>
  );
};

/** A power of two, so that it stays the same while a few rows come and go. */
const slicesFor = (total: number): number => 2 ** Math.max(0, Math.floor(Math.log2(total / PER_SLICE)));

const blocksOf = (count: number, total: number): readonly SliceBlock[] =>
  keySlices(count).map((slice) => ({
    key: slice.last,
    slice,
    height: `calc(${Math.ceil(total / count)} * var(--row-height))`,
  }));

/** A slice holds more than a page only where somebody put rows in on purpose: then it is read page by page. */
async function readSlice(
  { after, last }: KeySlice,
  onCounted: (counted: Counted) => void,
): Promise<readonly RowView[]> {
  const found: RowView[] = [];
  let from = after;
  for (;;) {
    const page = { limit: PAGE, ...(from === undefined ? {} : { after: from }) };
    const { rows, total, bytes } = await ask('storage.rows', page);
    onCounted({ total, bytes });
    const inside = rows.filter(({ id }) => id <= last);
    found.push(...inside);
    from = inside.at(-1)?.id;
    if (inside.length < PAGE) return found;
  }
}
