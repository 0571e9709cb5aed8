import type { AuditEntryView, AuditFilter } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';

/** Few enough to be drawn within a frame, and as many as a window holds. */
const PAGE = 24;

/** A stretch of the log that a page shows: from just below `before` down to `end`. */
export interface Stretch {
  /** Exclusive; absent: the newest entry. */
  readonly before?: number;
  /** Inclusive; absent: as far as it takes to find something. */
  readonly end?: number;
}

export interface Page {
  readonly entries: readonly AuditEntryView[];
  /** Where the log goes on below; absent at its end. */
  readonly next?: number;
  /** How many entries the whole log has. */
  readonly total: number;
}

/**
 * Reads a stretch of the log, in as many questions as the worker wants: a search answers after each part it looked
 * through, even when nothing in it fits.
 * @param options.goOn false: nobody waits any more, what was found so far is enough
 * @param options.onFurther hears how many entries are still to be looked through
 * @param options.atMost how many questions
 */
export async function readPage(
  { before, end }: Stretch,
  filter: AuditFilter | undefined,
  {
    goOn = () => true,
    onFurther,
    atMost = Infinity,
  }: { goOn?: () => boolean; onFurther?: (left: number) => void; atMost?: number } = {},
): Promise<Page> {
  const found: AuditEntryView[] = [];
  let from = before;
  for (let asked = 1; ; asked += 1) {
    const { entries, next, total } = await ask('audit.list', {
      limit: PAGE,
      ...(from === undefined ? {} : { before: from }),
      ...(filter === undefined ? {} : { filter }),
    });
    found.push(...entries.filter(({ seq }) => seq >= (end ?? 0)));
    const enough = end === undefined ? found.length > 0 : next !== undefined && next <= end;
    if (next === undefined || enough || asked >= atMost || !goOn()) {
      return { entries: found, total, ...(next === undefined ? {} : { next }) };
    }
    from = next;
    onFurther?.(next);
  }
}
