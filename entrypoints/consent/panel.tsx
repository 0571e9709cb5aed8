import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** What a button of the last row opens: it stands above that row and leaves the rest of the request in sight. */
export interface PanelDoor {
  /** Id of the panel, for the button that opens it. */
  readonly id: string;
  readonly open: boolean;
  readonly toggle: () => void;
}

/** Several doors of which one is open at most. */
export function useDoors(): { readonly open: string | undefined; readonly door: (name: string) => PanelDoor } {
  const id = useId();
  const [open, setOpen] = useState<string | undefined>(undefined);
  return {
    open,
    door: (name) => ({
      id: `${id}-${name}`,
      open: open === name,
      toggle: () => setOpen(open === name ? undefined : name),
    }),
  };
}

/** Takes the focus when it opens and gives it back when it closes; Escape closes it. */
export const Panel = ({ door, title, children }: { door: PanelDoor; title: string; children: ComponentChildren }) => {
  const titleId = useId();
  const section = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  // In the same turn as it opens: a key pressed right after goes to what has the focus then.
  useLayoutEffect(() => {
    const panel = section.current;
    const returnTo = document.activeElement;
    heading.current?.focus();
    return () => {
      const { activeElement, body } = document;
      const isLost = activeElement === body || panel?.contains(activeElement) === true;
      if (isLost && returnTo instanceof HTMLElement) returnTo.focus();
    };
  }, []);
  return (
    <section
      ref={section}
      id={door.id}
      class="panel"
      aria-labelledby={titleId}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        door.toggle();
      }}
    >
      <h2 ref={heading} id={titleId} tabIndex={-1}>
        {title}
      </h2>
      {children}
    </section>
  );
};
