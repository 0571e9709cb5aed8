import { isJsonObject } from '../../core/index.ts';
import type { Json } from '../../core/index.ts';
import type { ToolAnswer } from './answers.ts';

/** An answer as text, for whoever reads it without its structure: what came of the call, and what to do next. */
export function readableAnswer(answer: ToolAnswer): string {
  const lines = [...linesOf(answer)];
  if (answer.receipt !== undefined) lines.push(`Receipt: entry ${answer.receipt.sequence} of the log.`);
  return lines.join('\n');
}

function linesOf(answer: ToolAnswer): readonly string[] {
  switch (answer.status) {
    case 'done':
      return ['Done.', ...outline(answer.result)];
    case 'pending':
      return [
        'The person is asked in Signet, in their browser.',
        `Call check_status with request_id ${quoted(answer.request_id)} in ${String(answer.poll_after_ms)} ms.`,
        `What is not decided by ${instant(answer.expires_at)} is denied.`,
      ];
    case 'denied':
      return [`Denied. ${answer.message}`];
  }
}

/** One value a line, what is inside of another indented under its name. */
function outline(value: Json): readonly string[] {
  if (isJsonObject(value)) return Object.entries(value).flatMap(([name, item]) => under(`${bare(name)}:`, item));
  if (value === null || typeof value !== 'object') return [scalar(value)];
  return value.flatMap((item) => under('-', item));
}

function under(head: string, item: Json): readonly string[] {
  if (item === null || typeof item !== 'object') return [`${head} ${scalar(item)}`];
  const lines = outline(item);
  return lines.length === 0 ? [`${head} none`] : [head, ...lines.map((line) => `  ${line}`)];
}

const PLAIN = /^[\p{L}\p{N}][\p{L}\p{N} _.,:+/=@~-]*$/u;

/** A name or a text that cannot be taken for a line of ours; others are quoted. */
const bare = (text: string): string => (PLAIN.test(text) ? text : quoted(text));
const quoted = (text: string): string => JSON.stringify(text);
const scalar = (value: string | number | boolean | null): string =>
  typeof value === 'string' ? bare(value) : String(value);

/** ISO 8601, or the number where there is no such time. */
function instant(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString();
}
