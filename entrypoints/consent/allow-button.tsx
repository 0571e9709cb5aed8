/**
 * The button that approves. It stays in the tab order while it waits, so that arming moves no focus, and it is never
 * the default of a form: only its own press reaches it.
 */
export const AllowButton = ({
  armed,
  busy,
  pressed,
  onClick,
  label,
}: {
  armed: boolean;
  busy: boolean;
  pressed: (event: Event) => void;
  onClick: (event: Event) => void;
  label: string;
}) => (
  <button
    type="button"
    class="button primary"
    aria-disabled={!armed || busy}
    onPointerDown={pressed}
    onKeyDown={pressed}
    onClick={(event) => {
      if (!busy) onClick(event);
    }}
  >
    {busy && <span class="busy-dot" aria-hidden="true" />}
    {label}
  </button>
);
