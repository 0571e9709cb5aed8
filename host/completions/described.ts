import type { CommandName, Option, Options } from '../command.ts';

/** A command as completions know it. */
export interface Completed extends CommandName {
  readonly operands: string;
  readonly options: Options;
}

/** What may stand where a value is due: one of a few words, a file, or what only the person knows. */
export type Due = { readonly is: 'words'; readonly words: readonly string[] } | { readonly is: 'file' | 'anything' };

/** @param form as help shows it: `FILE`, `[FILE]`, `one|of|these` */
export function dueFor(form: string): Due {
  const plain = form.replace(/^\[|\]$/g, '');
  if (plain.includes('|')) return { is: 'words', words: plain.split('|') };
  return { is: plain.includes('FILE') || plain.includes('FOLDER') ? 'file' : 'anything' };
}

/** What stands after the name, first of all; undefined where nothing does. */
export const firstOperand = ({ operands }: Completed): Due | undefined =>
  operands === '' ? undefined : dueFor(operands.split(' ')[0] ?? '');

/** The options, with the one that help is asked by. */
export const optionsOf = ({ options }: Completed): readonly (readonly [name: string, option: Option])[] => [
  ...Object.entries(options),
  ['help', { type: 'boolean', about: 'says how it is used' }],
];

/** Those options that take a value, with what it may be. */
export const valuesOf = (command: Completed): readonly (readonly [name: string, due: Due])[] =>
  optionsOf(command).flatMap(([name, { type, value = '' }]) =>
    type === 'string' ? [[name, dueFor(value)] as const] : [],
  );
