/** Work that may be taken back as long as it has not begun. */
type Work = () => Promise<void>;

/** Begins what was wanted last first, a few at a time: what a person scrolled past is never asked for. */
export class LoadQueue {
  readonly #atOnce: number;
  readonly #waiting: Work[] = [];
  #running = 0;

  /** @param atOnce how many may run together */
  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Adds work that never rejects. The function it returns takes the work back, unless it has begun. */
  add(work: Work): () => void {
    this.#waiting.push(work);
    queueMicrotask(() => this.#begin());
    return () => {
      const at = this.#waiting.indexOf(work);
      if (at !== -1) this.#waiting.splice(at, 1);
    };
  }

  #begin(): void {
    while (this.#running < this.#atOnce) {
      const work = this.#waiting.pop();
      if (work === undefined) return;
      this.#running += 1;
      void work().finally(() => {
        this.#running -= 1;
        this.#begin();
      });
    }
  }
}
