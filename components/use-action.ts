import { useCallback, useRef, useState } from 'preact/hooks';
import { SignetError } from '../lib/core/index.ts';

export interface Action {
  readonly busy: boolean;
  readonly error: SignetError | undefined;
  /** Runs `work` unless it already runs; what it throws becomes `error`. */
  readonly run: (work: () => Promise<void>) => void;
  readonly clear: () => void;
}

/** One thing a screen can do at a time: busy while it runs, and what went wrong if it did. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<SignetError | undefined>(undefined);
  const running = useRef(false);

  const run = useCallback((work: () => Promise<void>) => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setError(undefined);
    work()
      .catch((thrown: unknown) => setError(SignetError.from(thrown)))
      .finally(() => {
        running.current = false;
        setBusy(false);
      });
  }, []);

  return { busy, error, run, clear: useCallback(() => setError(undefined), []) };
}
