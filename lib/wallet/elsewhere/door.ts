import type { Outcome } from '../../notify/index.ts';

/** What the stories of asking elsewhere need of the worker that they run in. */
export interface ElsewhereDoor {
  /** To be called after something that waits, or how the person is asked, has changed. Never throws. */
  changed(): void;
  /** Posts a message that asks nothing. @throws SignetError bad_request, field `webhook`, where none is set up; locked */
  test(): Promise<Outcome['kind']>;
}
