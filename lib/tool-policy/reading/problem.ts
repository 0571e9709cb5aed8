import type { Path, TextPlace } from './yaml-text.ts';

/** How a problem can be mended without guessing what was meant. */
export type Mend =
  | { readonly how: 'remove_rule'; readonly rule: number }
  | { readonly how: 'set'; readonly path: Path; readonly value: number };

/** What is wrong with a policy file, and where. */
export interface PolicyProblem {
  readonly place: TextPlace;
  /** The rule's name, where it is about one. */
  readonly rule?: string;
  /** A path such as `rules[2].conditions[0]`. */
  readonly field: string;
  readonly message: string;
  /** Absent where only its author can say what was meant, and in locked rules. */
  readonly mend?: Mend;
}

/** `line 12, rule block_rm, conditions[0]: …` */
export function describeProblem({ place, rule, field, message }: PolicyProblem): string {
  const about = rule === undefined ? field : `rule ${rule}, ${field.replace(/^rules\[\d+\]\.?/, '')}`;
  return `line ${place.line}, ${about.replace(/, $/, '')}: ${message}`;
}

export const fieldAt = (path: Path): string =>
  path.map((part, place) => (typeof part === 'number' ? `[${part}]` : place === 0 ? part : `.${part}`)).join('');
