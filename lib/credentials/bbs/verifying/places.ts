import { assertField } from '../../../core/index.ts';
import type { BbsSigned } from './suite.ts';
import { MAX_MESSAGES } from './suite.ts';

/** Whether these are distinct places in ascending order among `count` messages. */
export const arePlaces = (places: readonly number[], count: number): boolean =>
  places.every(
    (place, i) => Number.isInteger(place) && place < count && place >= 0 && (i === 0 || place > (places[i - 1] ?? 0)),
  );

/** Whether so many messages can be signed together. */
export const isCount = (count: number): boolean => Number.isInteger(count) && count >= 1 && count <= MAX_MESSAGES;

/** @throws SignetError bad_request naming `messages` */
export function assertMessages({ messages }: BbsSigned): void {
  assertField(isCount(messages.length), 'messages', `There must be 1 to ${MAX_MESSAGES} messages.`);
}

/** @throws SignetError bad_request naming `disclosed` */
export function assertPlaces(places: readonly number[], count: number): void {
  assertField(arePlaces(places, count), 'disclosed', 'What to disclose is not a list of places in ascending order.');
}
