import { useEffect, useState } from 'preact/hooks';

/** The time, again every so often, so that "2 min ago" stays true. @param every milliseconds */
export function useNow(every = 30_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
