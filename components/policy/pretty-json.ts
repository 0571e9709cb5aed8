/** JSON as people read it: a list of plain values in one line, everything else indented by two. */
export function prettyJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /\[\s+((?:(?:"(?:[^"\\]|\\.)*"|[^"[\]{}\s]+),?\s+)+)\]/g,
    (whole, inside: string) => {
      const line = `[${inside.trim().replace(/,\s+/g, ', ')}]`;
      return line.length > 80 ? whole : line;
    },
  );
}
