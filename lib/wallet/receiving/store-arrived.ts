import type { LoggedTx } from '../../audit/index.ts';
import { SignetError } from '../../core/index.ts';
import { addBbsCredential, addCredential, addPromise, putOpenings } from '../../credentials/index.ts';
import type { CredentialRecord, PromisedCredential, TieFacts } from '../../credentials/index.ts';
import type { IssuanceSession } from '../../protocols/index.ts';
import type { Grant } from '../../vault/index.ts';
import type { Arrived } from './arrived.ts';
import { announcedCompartments, factsOf, kindToKeep } from './arrived.ts';
import { tieFacts } from './issuance-part.ts';
import { firstAskAt } from './promise-times.ts';

/** Something that came, and how it came. */
export interface Arrival {
  readonly arrived: Arrived;
  /** What the token is at now. */
  readonly session: IssuanceSession;
  /** Id of the tie that is written beside it where something hangs on it (see `hangsOnTie`). */
  readonly issuance: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The credential whose copies it replaces; absent for a new one. */
  readonly renews?: string;
}

/** What was written. */
export type Added =
  | { readonly is: 'credential'; readonly record: CredentialRecord }
  | { readonly is: 'promised'; readonly promised: PromisedCredential };

/** Writes down a credential that is new, or that one was promised. @param grant where claims go into compartments */
export async function addArrived(tx: LoggedTx, arrival: Arrival, grant?: Grant): Promise<Added> {
  const { arrived, at } = arrival;
  switch (arrived.is) {
    case 'copies': {
      const described = arrived.type === undefined ? {} : { type: arrived.type };
      const copies = { receivedAt: at, instances: arrived.copies, ...described };
      const added = { ...factsOf(arrived.kind), ...copies, ...tied(arrival) };
      const record = await addCredential(tx, added, openBy(tx, grant));
      for (const [instance, { openings }] of arrived.copies.entries()) putOpenings(tx, record.id, instance, openings);
      return { is: 'credential', record };
    }
    case 'card': {
      const { name, issuerName, labels = [] } = factsOf(arrived.kind);
      const record = await addBbsCredential(tx, { name, issuerName, labels, receivedAt: at, held: arrived.held });
      return { is: 'credential', record };
    }
    case 'promised':
      return { is: 'promised', promised: await promise(tx, arrival) };
  }
}

async function promise(tx: LoggedTx, { arrived, session, issuance, at, renews }: Arrival): Promise<PromisedCredential> {
  if (arrived.is !== 'promised') throw new SignetError('internal', 'This was not promised.');
  const { kind, part, deferral, keys } = arrived;
  const compartments = announcedCompartments(kind.configuration);
  const isOpen = compartments.length === 0;
  const added = {
    issuer: kind.issuer,
    issuerName: kind.issuerName,
    name: kind.configuration.name,
    promisedAt: at,
    tries: 0,
    state: isOpen ? 'waiting' : 'opener',
    ...(isOpen ? { askAt: firstAskAt(deferral, at) } : {}),
    compartments,
    ...(renews === undefined ? {} : { renews }),
    offered: kindToKeep(kind),
    deferral: { ...deferral },
    tie: tieFacts(issuance, session, part),
  } as const;
  return addPromise(tx, added, keys);
}

/** Opens compartments under a grant, or makes them. */
export const openBy = (tx: LoggedTx, grant: Grant | undefined) =>
  grant === undefined
    ? undefined
    : (name: Parameters<Grant['ensureCompartment']>[1]) => grant.ensureCompartment(tx, name);

/** Whether the issuer can be asked again, or wants to hear: else nothing of the issuance is kept. */
export const isTied = ({ renewable, notifies }: TieFacts): boolean => renewable || notifies;

function tied({ arrived, session, issuance }: Arrival): { readonly tie?: TieFacts } {
  const tie = tieFacts(issuance, session, arrived.part);
  return isTied(tie) ? { tie } : {};
}

/** Whether anything that came needs what ties it to its issuance. */
export const hangsOnTie = (arrived: readonly Arrived[], session: IssuanceSession): boolean =>
  arrived.some(({ is, part }) => is === 'promised' || (is === 'copies' && isTied(tieFacts('', session, part))));
