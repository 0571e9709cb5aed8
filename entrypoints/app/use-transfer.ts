import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Action } from '../../components/use-action.ts';
import { useAction } from '../../components/use-action.ts';
import type { Transfer } from './backup-transfer.ts';

export interface TransferAction extends Omit<Action, 'run'> {
  /** From 0 to 1; undefined while nobody knows. */
  readonly done: number | undefined;
  readonly run: (work: (transfer: Transfer) => Promise<void>) => void;
  /** Stops at the next piece; the screen is free at once. */
  readonly cancel: () => void;
}

/** Work in pieces that the person can watch and stop; leaving the screen stops it too. */
export function useTransfer(): TransferAction {
  const { run, ...action } = useAction();
  const [done, setDone] = useState<number | undefined>(undefined);
  const control = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => control.current?.abort(), []);

  return {
    ...action,
    done,
    run: useCallback((work: (transfer: Transfer) => Promise<void>) => {
      run(async () => {
        const mine = new AbortController();
        control.current = mine;
        setDone(undefined);
        await Promise.race([work({ onProgress: setDone, signal: mine.signal }), whenStopped(mine.signal)]);
      });
    }, []),
    cancel: useCallback(() => control.current?.abort(), []),
  };
}

/** Resolves when the person stops: what still comes of the work is dropped by whoever checks the signal. */
const whenStopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
