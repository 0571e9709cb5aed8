/** The one of some names that was probably meant; undefined where none is near. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const reach = Math.max(1, Math.floor(given.length / 3));
  const near = names
    .map((name) => ({
      name,
      distance: Math.abs(name.length - given.length) > reach ? Infinity : distance(given, name),
    }))
    .filter((one) => one.distance <= reach)
    .sort((a, b) => a.distance - b.distance);
  const begun = given.length > 1 ? names.filter((name) => name.startsWith(given)) : [];
  return near[0]?.name ?? (begun.length === 1 ? begun[0] : undefined);
}

/** ` Did you mean eval?`, or nothing. */
export function suggestion(given: string, names: readonly string[]): string {
  const meant = nearest(given, names);
  return meant === undefined ? '' : ` Did you mean ${meant}?`;
}

/** Letters to add, leave out, change, or exchange with their neighbour (optimal string alignment). */
function distance(from: string, to: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, place) => place);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1];
      const isExchange = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const least = Math.min(at(row, j) + 1, at(next, j - 1) + 1, at(row, j - 1) + (isSame ? 0 : 1));
      next.push(isExchange ? Math.min(least, at(before, j - 2) + 1) : least);
    }
    [before, row] = [row, next];
  }
  return at(row, to.length);
}

const at = (row: readonly number[], place: number): number => row[place] ?? Infinity;
