import type { Truth } from '../../policy/engine/index.ts';
import { UNKNOWN } from '../../policy/engine/index.ts';
import { CallTexts } from '../call-texts.ts';
import type { Memory } from '../memory.ts';
import type { ToolCall } from '../tool-call.ts';

/** A call as the tests of rules see it. */
export class Facts {
  readonly call: ToolCall;
  readonly memory: Memory;
  readonly texts: CallTexts;
  /** What searches found in the call, by their number. */
  readonly found: (ReadonlySet<number> | 'unknown' | undefined)[] = [];
  /** Why the last test that could not be answered could not. */
  failure = '';

  constructor(call: ToolCall, memory: Memory) {
    this.call = call;
    this.memory = memory;
    this.texts = new CallTexts(call);
  }

  fail(why: string): Truth {
    this.failure = why;
    return UNKNOWN;
  }
}

/** One question about a call; changes nothing but what the facts remember. */
export type Test = (facts: Facts) => Truth;
