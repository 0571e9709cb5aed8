import './tabs.css';
import { useEffect, useRef } from 'preact/hooks';
import type { Screen } from '../../route.ts';

/** The parts of a screen; the one that is shown is in sight where they do not all fit. */
export const Tabs = ({
  label,
  at,
  tab,
  tabs,
}: {
  label: string;
  at: Screen;
  /** The one that is shown. */
  tab: string;
  /** By what stands behind the screen's name in the address. */
  tabs: readonly { readonly name: string; readonly label: string }[];
}) => {
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [tab]);
  return (
    <nav class="tabs" aria-label={label} ref={nav}>
      {tabs.map(({ name, label: words }) => (
        <a key={name} href={`#/${at}/${name}`} aria-current={name === tab ? 'page' : undefined}>
          {words}
        </a>
      ))}
    </nav>
  );
};
