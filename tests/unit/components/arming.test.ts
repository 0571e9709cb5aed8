import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArmingEvent, ArmingState } from '../../../components/arming.ts';
import { approves, arm, ARMING_DELAY, disarmed, isArmed } from '../../../components/arming.ts';

const run = (events: readonly ArmingEvent[], from: ArmingState = disarmed): ArmingState => events.reduce(arm, from);

/** A window that shows request `r` and came into view and focus at the time 1000. */
const looking = run([
  { type: 'subject', subject: 'r', at: 0 },
  { type: 'visible', value: true, at: 1000 },
  { type: 'focused', value: true, at: 1000 },
]);
const armedAt = 1000 + ARMING_DELAY;

describe('approve', () => {
  it('is disarmed before anything happened, however long that lasts', () => {
    expect(isArmed(disarmed, 1e12)).toBe(false);
  });

  it('arms half a second after the window is both visible and focused, and not a moment earlier', () => {
    expect(isArmed(looking, armedAt - 0.1)).toBe(false);
    expect(isArmed(looking, armedAt)).toBe(true);
  });

  it.each<[string, ArmingEvent]>([
    ['the window loses the focus', { type: 'focused', value: false, at: 3000 }],
    ['the window is hidden', { type: 'visible', value: false, at: 3000 }],
    ['there is nothing to approve any more', { type: 'subject', subject: null, at: 3000 }],
  ])('stays disarmed when %s', (_, event) => {
    expect(isArmed(arm(looking, event), 1e12)).toBe(false);
  });

  it.each<[string, ArmingEvent]>([
    ['the window is resized', { type: 'resized', at: 3000 }],
    ['another request or plan is shown', { type: 'subject', subject: 'r2', at: 3000 }],
  ])('waits afresh when %s', (_, event) => {
    const next = arm(looking, event);
    expect(isArmed(next, 3000)).toBe(false);
    expect(isArmed(next, 3000 + ARMING_DELAY - 1)).toBe(false);
    expect(isArmed(next, 3000 + ARMING_DELAY)).toBe(true);
  });

  it('does not start over when the same request is reported again', () => {
    expect(isArmed(arm(looking, { type: 'subject', subject: 'r', at: 3000 }), 3000)).toBe(true);
    expect(isArmed(arm(looking, { type: 'focused', value: true, at: 3000 }), 3000)).toBe(true);
  });

  it('is not armed by a resize of a window without focus', () => {
    const blurred = arm(looking, { type: 'focused', value: false, at: 2000 });
    expect(isArmed(arm(blurred, { type: 'resized', at: 2500 }), 1e9)).toBe(false);
  });

  it('is only ever armed while visible, focused and unchanged for the whole delay', () => {
    const step = fc.record({
      gap: fc.integer({ min: 0, max: 900 }),
      what: fc.constantFrom('show', 'hide', 'focus', 'blur', 'resize', 'r1', 'r2', 'none'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let at = 0;
        let state = disarmed;
        let lastUpset = 0;
        for (const { gap, what } of steps) {
          at += gap;
          const before = state;
          state = arm(state, toEvent(what, at));
          const changed =
            before.visible !== state.visible || before.focused !== state.focused || before.subject !== state.subject;
          if (changed || what === 'resize') lastUpset = at;
          const holds = state.visible && state.focused && state.subject !== null;
          for (const later of [at, at + ARMING_DELAY - 1, at + ARMING_DELAY]) {
            expect(isArmed(state, later)).toBe(holds && later - lastUpset >= ARMING_DELAY);
          }
        }
      }),
      { numRuns: Number(process.env['SIGNET_RUNS'] ?? 200) },
    );
  });
});

function toEvent(what: string, at: number): ArmingEvent {
  switch (what) {
    case 'show':
    case 'hide':
      return { type: 'visible', value: what === 'show', at };
    case 'focus':
    case 'blur':
      return { type: 'focused', value: what === 'focus', at };
    case 'resize':
      return { type: 'resized', at };
    default:
      return { type: 'subject', subject: what === 'none' ? null : what, at };
  }
}

describe('a click', () => {
  const click = { isTrusted: true, at: armedAt + 10, pressedAt: armedAt + 5 };

  it('approves when it is the person’s own and began and ended armed', () => {
    expect(approves(looking, click)).toBe(true);
  });

  it('approves without a press, as assistive technology clicks', () => {
    expect(approves(looking, { ...click, pressedAt: undefined })).toBe(true);
  });

  it('does nothing when a script made it', () => {
    expect(approves(looking, { ...click, isTrusted: false })).toBe(false);
  });

  it('does nothing before the delay is over', () => {
    expect(approves(looking, { ...click, at: armedAt - 1, pressedAt: undefined })).toBe(false);
  });

  it('does nothing when the press began before the button was armed', () => {
    expect(approves(looking, { ...click, pressedAt: armedAt - 1 })).toBe(false);
  });

  it('does nothing when the request changed between press and release', () => {
    const changed = arm(looking, { type: 'subject', subject: 'r2', at: armedAt + 7 });
    expect(approves(changed, click)).toBe(false);
  });
});
