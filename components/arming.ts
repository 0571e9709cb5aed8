import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** How long the window must have been visible and focused, unchanged, before Approve works (design §3, rule 5). */
export const ARMING_DELAY = 500;

/** What arming depends on. Times are milliseconds on one monotonic clock. */
export interface ArmingState {
  readonly visible: boolean;
  readonly focused: boolean;
  /** What would be approved: the request and the digest of its plan. Null: nothing can be. */
  readonly subject: string | null;
  /** Since when all of it has held without a break; null while it does not. */
  readonly since: number | null;
}

export type ArmingEvent =
  | { readonly type: 'visible' | 'focused'; readonly value: boolean; readonly at: number }
  | { readonly type: 'resized'; readonly at: number }
  | { readonly type: 'subject'; readonly subject: string | null; readonly at: number };

export const disarmed: ArmingState = { visible: false, focused: false, subject: null, since: null };

/** The next state. Whatever changes what the person sees, or whether they see it, starts the wait afresh. */
export function arm(state: ArmingState, event: ArmingEvent): ArmingState {
  const next = applied(state, event);
  if (next === state) return state;
  const holds = next.visible && next.focused && next.subject !== null;
  return { ...next, since: holds ? event.at : null };
}

function applied(state: ArmingState, event: ArmingEvent): ArmingState {
  switch (event.type) {
    case 'resized':
      return { ...state };
    case 'subject':
      return event.subject === state.subject ? state : { ...state, subject: event.subject };
    case 'visible':
      return event.value === state.visible ? state : { ...state, visible: event.value };
    case 'focused':
      return event.value === state.focused ? state : { ...state, focused: event.value };
  }
}

/** Whether an approval at the time `now` counts. */
export const isArmed = (state: ArmingState, now: number): boolean =>
  state.since !== null && now - state.since >= ARMING_DELAY;

/**
 * Whether a click approves: only the person's own, only while armed, and only when the press that became the click
 * began while armed too (`pressedAt`; undefined where there was no press, as from a screen reader).
 */
export const approves = (
  state: ArmingState,
  click: { readonly isTrusted: boolean; readonly at: number; readonly pressedAt: number | undefined },
): boolean =>
  click.isTrusted && isArmed(state, click.at) && (click.pressedAt === undefined || isArmed(state, click.pressedAt));

export interface Arming {
  readonly armed: boolean;
  /** For onPointerDown and onKeyDown of the button. */
  readonly pressed: (event: Event) => void;
  /** Wraps the button's onClick: the action runs only when the click approves. */
  readonly guard: (action: () => void) => (event: Event) => void;
}

/**
 * Arms and disarms a button for what `subject` names.
 * @param subject the request id and the digest of what is shown; null while there is nothing to approve
 */
export function useArming(subject: string | null): Arming {
  const state = useRef<ArmingState>(disarmed);
  const pressedAt = useRef<number | undefined>(undefined);
  const [armed, setArmed] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const dispatch = useCallback((event: ArmingEvent) => {
    state.current = arm(state.current, event);
    clearTimeout(timer.current);
    const now = performance.now();
    const isNow = isArmed(state.current, now);
    setArmed(isNow);
    if (isNow || state.current.since === null) return;
    timer.current = setTimeout(
      () => setArmed(isArmed(state.current, performance.now())),
      Math.ceil(state.current.since + ARMING_DELAY - now),
    );
  }, []);

  useEffect(() => {
    const now = () => performance.now();
    const look = () => {
      dispatch({ type: 'visible', value: document.visibilityState === 'visible', at: now() });
      dispatch({ type: 'focused', value: document.hasFocus(), at: now() });
    };
    const blur = () => dispatch({ type: 'focused', value: false, at: now() });
    const resize = () => dispatch({ type: 'resized', at: now() });
    look();
    window.addEventListener('focus', look);
    window.addEventListener('blur', blur);
    window.addEventListener('resize', resize);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(timer.current);
      window.removeEventListener('focus', look);
      window.removeEventListener('blur', blur);
      window.removeEventListener('resize', resize);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);

  // Before anything can be pressed that was just drawn: the press would be for what stood there before.
  useLayoutEffect(() => dispatch({ type: 'subject', subject, at: performance.now() }), [subject]);

  const pressed = useCallback((event: Event) => {
    if (event instanceof KeyboardEvent && event.repeat) {
      event.preventDefault(); // a key held since before the button had the focus is no decision
      return;
    }
    pressedAt.current = performance.now();
  }, []);

  const guard = useCallback(
    (action: () => void) => (event: Event) => {
      const click = { isTrusted: event.isTrusted, at: performance.now(), pressedAt: pressedAt.current };
      pressedAt.current = undefined;
      if (approves(state.current, click)) action();
    },
    [],
  );

  return { armed: armed && state.current.subject === subject, pressed, guard };
}
