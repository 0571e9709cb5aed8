/** Where an authority's offer stands with the person. */
export type AuthorityState = 'offered' | 'accepted' | 'rejected' | 'expired' | 'revoked';

/** What happens to it: the person answers, its time passes, the authority takes it back. */
export type AuthorityEvent = 'accept' | 'reject' | 'expire' | 'revoke';

const NEXT: Readonly<Record<AuthorityState, Readonly<Partial<Record<AuthorityEvent, AuthorityState>>>>> = {
  offered: { accept: 'accepted', reject: 'rejected', expire: 'expired' },
  accepted: { revoke: 'revoked' },
  rejected: {},
  expired: {},
  revoked: {},
};

/** The state after an event, or undefined where that cannot happen: the state then stays as it is. */
export const nextAuthorityState = (state: AuthorityState, event: AuthorityEvent): AuthorityState | undefined =>
  Object.hasOwn(NEXT, state) && Object.hasOwn(NEXT[state], event) ? NEXT[state][event] : undefined;

/**
 * The state of an offer that arrives: offered, or undefined where its `jti` was seen before, whatever became of it. An
 * authority that means it again offers it under a new one.
 */
export const receivedState = (known: ReadonlyMap<string, AuthorityState>, jti: string): 'offered' | undefined =>
  known.has(jti) ? undefined : 'offered';
