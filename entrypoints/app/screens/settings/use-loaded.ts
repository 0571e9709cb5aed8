import { useEffect, useState } from 'preact/hooks';

/** What a function of the browser's gives, and gives anew when asked; undefined until it is there. */
export function useLoaded<T>(load: () => Promise<T>): { readonly value: T | undefined; readonly again: () => void } {
  const [value, setValue] = useState<T | undefined>(undefined);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const shown = { is: true };
    load().then(
      (loaded) => shown.is && setValue(loaded),
      () => undefined, // it stays unknown, and nothing is shown of it
    );
    return () => {
      shown.is = false;
    };
  }, [round]);
  return { value, again: () => setRound(round + 1) };
}
