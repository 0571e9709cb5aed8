/** Runs one piece of work at a time, in the order they came. Work that waits for the same mutex waits forever. */
export class Mutex {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.catch(() => undefined); // the caller has the error; the next in line must not
    return result;
  }
}
