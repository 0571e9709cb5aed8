import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { SignetError } from '../lib/core/index.ts';
import type { Changed, OwnRequest, OwnResponse, OwnRoute } from '../lib/messaging/index.ts';
import { ask, onChanged } from '../lib/messaging/index.ts';

export type Asked<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly error: SignetError };

export type AskedAgain<T> = Asked<T> & { readonly again: () => void };

/**
 * What the worker answers on `route`, asked again whenever one of `when` changes. The last answer stays on screen
 * while a newer one is on its way; an answer that was overtaken is dropped.
 */
export function useAsked<R extends OwnRoute>(
  route: R,
  request: OwnRequest<R>,
  when: readonly Changed['changed'][],
): AskedAgain<OwnResponse<R>> {
  const [asked, setAsked] = useState<Asked<OwnResponse<R>>>({ state: 'loading' });
  const turn = useRef(0);
  const key = JSON.stringify(request);

  const again = useCallback(() => {
    const mine = ++turn.current;
    const settle = (next: Asked<OwnResponse<R>>) => mine === turn.current && setAsked(next);
    ask(route, request).then(
      (value) => settle({ state: 'ready', value }),
      (thrown: unknown) => settle({ state: 'failed', error: SignetError.from(thrown) }),
    );
  }, [route, key]);

  useEffect(() => {
    again();
    const stop = onChanged((what) => when.includes(what) && again());
    return () => {
      turn.current++;
      stop();
    };
  }, [again]);

  return { ...asked, again };
}
