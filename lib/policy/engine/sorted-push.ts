/** Adds to a sorted list what mostly belongs at its end: cheaper than sorting it afterwards. */
export function sortedPush<T>(list: T[], item: T, goesBefore: (item: T, other: T) => boolean): void {
  let place = list.length;
  list.push(item);
  for (; place > 0; place -= 1) {
    const other = list[place - 1];
    if (other === undefined || !goesBefore(item, other)) break;
    list[place] = other;
  }
  list[place] = item;
}
