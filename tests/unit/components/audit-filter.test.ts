import { describe, expect, it } from 'vitest';
import type { Sought } from '../../../components/audit-filter.ts';
import { auditFilter, dayStart, EVERYTHING, filtersSet } from '../../../components/audit-filter.ts';

const sought = (change: Partial<Sought>): Sought => ({ ...EVERYTHING, ...change });

describe('what a person looks for in the log', () => {
  it('is no filter at all while nothing is typed or chosen', () => {
    expect(auditFilter(EVERYTHING)).toBeUndefined();
    expect(auditFilter(sought({ site: '  ', claim: ' ' }))).toBeUndefined();
    expect(filtersSet(EVERYTHING)).toBe(0);
  });

  it('names only what was given', () => {
    expect(auditFilter(sought({ site: ' shop.example ' }))).toEqual({ site: 'shop.example' });
    expect(auditFilter(sought({ decision: 'DENY', claim: 'birth' }))).toEqual({ decision: 'DENY', claim: 'birth' });
  });

  it('becomes the kinds of entry that are about it', () => {
    expect(auditFilter(sought({ about: 'learned' }))).toEqual({ kinds: ['proof.allowed'] });
    expect(auditFilter(sought({ about: 'credentials' }))?.kinds).toContain('credential.received');
  });

  it('takes both days whole, in the time zone of the person', () => {
    const filter = auditFilter(sought({ from: '2026-03-09', to: '2026-03-09' }));
    expect(new Date(filter?.from ?? 0)).toEqual(new Date(2026, 2, 9, 0, 0, 0, 0));
    expect(new Date(filter?.to ?? 0)).toEqual(new Date(2026, 2, 9, 23, 59, 59, 999));
  });

  it.each(['', '2026-3-9', '09.03.2026', '2026-03-09T00:00', 'today'])('has no day in “%s”', (day) => {
    expect(dayStart(day)).toBeUndefined();
    expect(auditFilter(sought({ from: day, to: day }))).toBeUndefined();
  });

  it('is never before the first moment that the log can know', () => {
    expect(auditFilter(sought({ from: '0001-01-01' }))).toEqual({ from: 0 });
  });

  it('is counted as one for each thing beside the site', () => {
    expect(filtersSet(sought({ site: 'x', claim: 'y', about: 'data', from: '2026-03-09' }))).toBe(3);
  });
});
