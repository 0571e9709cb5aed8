import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { SignetError } from '../lib/core/index.ts';
import { t } from '../lib/platform/index.ts';
import { Button } from './button.tsx';
import { LoadQueue } from './load-queue.ts';
import { Loading } from './loading.tsx';
import { Problem } from './notice.tsx';

/** How far outside the window a block is filled, and let go. */
const MARGIN = '900px 0px';
const AT_ONCE = 2;

/** One stretch of a long list. */
export interface Block {
  readonly key: string;
  /** CSS length: its height for as long as nobody has seen it. */
  readonly height: string;
  /** It is in sight as soon as it is drawn: it need not be looked for. */
  readonly inSight?: boolean;
}

interface BlockListProps<B extends Block, T> {
  readonly blocks: readonly B[];
  readonly load: (block: B) => Promise<T>;
  readonly children: (content: T, block: B) => ComponentChildren;
  /** Another value than before: what is in sight is asked for again, and stays until the answer is there. */
  readonly version?: unknown;
  /** What scrolls; absent: the page. */
  readonly scroller?: RefObject<HTMLElement | null>;
  /** The role of a filled block. */
  readonly role?: 'rowgroup';
}

/**
 * A list of any length of which only the part near the window exists: each block asks for its content when it comes
 * near, and keeps no more than its height when it is far. The browser's scroll anchoring holds what is in sight still
 * when a block above turns out higher than thought.
 */
export function BlockList<B extends Block, T>(props: BlockListProps<B, T>) {
  const { blocks, scroller } = props;
  const sight = useMemo(() => new Sight(() => scroller?.current ?? null), [scroller]);
  const queue = useMemo(() => new LoadQueue(AT_ONCE), []);
  useEffect(() => () => sight.close(), [sight]);
  return (
    <>
      {blocks.map((block) => (
        <BlockView key={block.key} {...props} block={block} sight={sight} queue={queue} />
      ))}
    </>
  );
}

type Content<T> =
  | { readonly state: 'none' }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly error: SignetError };

interface BlockViewProps<B extends Block, T> extends BlockListProps<B, T> {
  readonly block: B;
  readonly sight: Sight;
  readonly queue: LoadQueue;
}

function BlockView<B extends Block, T>(props: BlockViewProps<B, T>) {
  const { block, sight, queue, version, role, children } = props;
  const element = useRef<HTMLDivElement>(null);
  const height = useRef(block.height);
  const load = useRef(props.load);
  load.current = props.load;
  const [near, setNear] = useState(block.inSight === true);
  const [attempt, setAttempt] = useState(0);
  const [content, setContent] = useState<Content<T>>({ state: 'none' });

  useEffect(() => {
    if (element.current !== null) return sight.watch(element.current, setNear);
  }, [sight]);

  useEffect(() => {
    if (!near) return;
    let wanted = true;
    const settle = (next: Content<T>): void => {
      if (wanted) setContent(next);
    };
    const takeBack = queue.add(() =>
      load.current(block).then(
        (value) => settle({ state: 'ready', value }),
        (thrown: unknown) => settle({ state: 'failed', error: SignetError.from(thrown) }),
      ),
    );
    return () => {
      wanted = false;
      takeBack();
    };
  }, [near, version, attempt]);

  useEffect(() => {
    if (near || content.state === 'none') return;
    height.current = `${element.current?.offsetHeight ?? 0}px`;
    setContent({ state: 'none' });
  }, [near]);

  if (content.state === 'ready') {
    return (
      <div ref={element} class="block" role={role} data-block={block.key}>
        {children(content.value, block)}
      </div>
    );
  }
  return (
    <div ref={element} class="block" data-block={block.key} style={{ height: height.current }}>
      {content.state === 'failed' ? (
        <div class="stack">
          <Problem error={content.error} />
          <Button onClick={() => setAttempt(attempt + 1)}>{t('try_again')}</Button>
        </div>
      ) : (
        near && <Loading />
      )}
    </div>
  );
}

/** Tells of elements whether they are near what scrolls. */
class Sight {
  readonly #root: () => Element | null;
  readonly #watched = new Map<Element, (near: boolean) => void>();
  #observer: IntersectionObserver | undefined;

  /** @param root asked for with the first element that is watched: by then it is drawn */
  constructor(root: () => Element | null) {
    this.#root = root;
  }

  watch(element: Element, onChange: (near: boolean) => void): () => void {
    this.#observer ??= new IntersectionObserver((seen) => this.#tell(seen), { root: this.#root(), rootMargin: MARGIN });
    this.#watched.set(element, onChange);
    this.#observer.observe(element);
    return () => {
      this.#watched.delete(element);
      this.#observer?.unobserve(element);
    };
  }

  close(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
  }

  #tell(seen: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of seen) this.#watched.get(target)?.(isIntersecting);
  }
}
