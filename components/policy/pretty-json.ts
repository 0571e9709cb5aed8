const WIDTH = 76;

/** JSON as people read it: what fits in a line stands in one, everything else is indented by two. */
export const prettyJson = (value: unknown): string => write(JSON.parse(JSON.stringify(value)), 0);

function write(value: unknown, indent: number): string {
  const line = inLine(value);
  if (typeof value !== 'object' || value === null || (indent > 0 && indent + line.length <= WIDTH)) return line;
  const inner = ' '.repeat(indent + 2);
  const parts = Array.isArray(value)
    ? value.map((one) => inner + write(one, indent + 2))
    : Object.entries(value).map(([name, one]) => `${inner}${JSON.stringify(name)}: ${write(one, indent + 2)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return parts.length === 0 ? line : `${open}\n${parts.join(',\n')}\n${' '.repeat(indent)}${close}`;
}

function inLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${inLine(one)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
