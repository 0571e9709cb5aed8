import { writeOutput } from './standard-streams.ts';
import type { Tone } from './terminal.ts';
import { paint } from './terminal.ts';

/** Text from a file on a terminal: no control character can draw over what we say. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');

/** A part of a line that has a colour where colours are wanted. */
export interface Toned {
  readonly tone: Tone;
  readonly text: string;
}

/** A line, or its parts. */
export type Line = string | readonly (string | Toned)[];

export const toned = (tone: Tone, text: string): Toned => ({ tone, text });

export const printLines = (lines: readonly Line[]): void => {
  writeOutput(lines.map((line) => `${lineText(line)}\n`).join(''));
};

export const printJson = (value: unknown): void => {
  writeOutput(`${JSON.stringify(value)}\n`);
};

function lineText(line: Line): string {
  if (typeof line === 'string') return printable(line);
  return line
    .map((part) => (typeof part === 'string' ? printable(part) : paint(part.tone, printable(part.text))))
    .join('');
}
