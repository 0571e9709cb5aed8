import type { Json } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';

/** How much of a request is read at all. */
export const REQUEST_LIMITS = { maxLength: 131_072, maxDepth: 24 } as const;

/**
 * Bounds a value that was parsed elsewhere, before anything walks it.
 * @param limits `maxLength`: characters of its text and names, and one for each value; `maxDepth`: of nesting
 * @throws SignetError bad_request, naming `field`
 */
export function assertBounded(
  value: Json,
  field: string,
  limits: { readonly maxLength: number; readonly maxDepth: number } = REQUEST_LIMITS,
): void {
  let left = limits.maxLength;
  const visit = (inner: Json, depth: number): void => {
    if (depth > limits.maxDepth) throw refused(field, 'is nested too deeply');
    left -= 1 + (typeof inner === 'string' ? inner.length : 0);
    if (left < 0) throw refused(field, 'is too long');
    if (typeof inner !== 'object' || inner === null) return;
    for (const [name, member] of Object.entries(inner)) {
      left -= Array.isArray(inner) ? 0 : name.length;
      visit(member, depth + 1);
    }
  };
  visit(value, 0);
}

const refused = (field: string, problem: string): SignetError =>
  new SignetError('bad_request', `${field} ${problem}.`, { field });
