import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** Short files whose tests take long. */
const LONG = /\/tests\/unit\/vault\/(?:statistics|backup\/restore)\b/;

/**
 * Without knowing how long they took last time, Vitest begins with the longest files. A short one whose tests take long
 * would come last, and all but one core would wait for it.
 */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
