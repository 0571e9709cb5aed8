import type { Json } from '../../lib/core/index.ts';
import type { KeyValue } from '../../lib/vault/index.ts';
import { MemoryKeyValue } from '../../lib/vault/index.ts';

/**
 * The session of a command that is not `unlock`: goes on with one that stands, and begins none that outlives the command.
 * What is taken away is taken away from both.
 */
export class PassingSession implements KeyValue {
  readonly #standing: KeyValue;
  readonly #own = new MemoryKeyValue();

  constructor(standing: KeyValue) {
    this.#standing = standing;
  }

  async get(key: string): Promise<Json | undefined> {
    return (await this.#own.get(key)) ?? (await this.#standing.get(key));
  }

  set(key: string, value: Json): Promise<void> {
    return this.#own.set(key, value);
  }

  async remove(key: string): Promise<void> {
    await this.#own.remove(key);
    await this.#standing.remove(key);
  }
}
