interface Waiting {
  readonly id: string;
  readonly until: number;
}

/** Ids by when they may be forgotten, the earliest first: a binary heap, so that none is ever searched for. */
export class ExpiryQueue {
  readonly #heap: Waiting[] = [];

  get size(): number {
    return this.#heap.length;
  }

  add(id: string, until: number): void {
    let at = this.#heap.length;
    this.#heap.push({ id, until });
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#until(parent) <= until) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Takes the id that may be forgotten first, if that is before `now`. */
  takeBefore(now: number): string | undefined {
    const [first] = this.#heap;
    if (first === undefined || first.until >= now) return undefined;
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink();
    }
    return first.id;
  }

  #sink(): void {
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      const child = this.#until(left + 1) < this.#until(left) ? left + 1 : left;
      if (this.#until(at) <= this.#until(child)) return;
      this.#swap(at, child);
      at = child;
    }
  }

  /** Beyond the end nothing is ever due. */
  #until(at: number): number {
    return this.#heap[at]?.until ?? Number.POSITIVE_INFINITY;
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return;
    this.#heap[a] = other;
    this.#heap[b] = one;
  }
}
