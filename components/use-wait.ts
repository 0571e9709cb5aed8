import { useEffect, useState } from 'preact/hooks';

/** Seconds until `retryAt`, counted down; 0 when a password may be tried. */
export function useWait(retryAt: number | undefined): number {
  const left = () => Math.max(0, Math.ceil(((retryAt ?? 0) - Date.now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => setSeconds(left()), 500);
    return () => clearInterval(timer);
  }, [retryAt]);
  return seconds;
}
