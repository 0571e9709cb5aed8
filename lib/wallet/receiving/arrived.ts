import type { Json, Origin, SecretBytes } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import type { HeldBbs, NewCredential, PromisedCredential } from '../../credentials/index.ts';
import { claimCompartment } from '../../credentials/index.ts';
import type { ClaimCompartment, TypeFacts } from '../../credentials/index.ts';
import { requestCredentials, sharedWith } from '../../protocols/index.ts';
import type {
  CredentialConfiguration,
  Deferral,
  Doors,
  IssuanceOutcome,
  IssuanceSession,
} from '../../protocols/index.ts';
import type { Copy } from './copies.ts';
import { checkCopies, createHolderKeys, forgetCopies } from './copies.ts';
import { learnType } from './describe-type.ts';
import type { IssuancePart } from './issuance-part.ts';
import { partOf } from './issuance-part.ts';
import type { Underway } from './issuance-desk.ts';
import { checkCard } from './receive-bbs.ts';
import type { Services } from '../services.ts';
import { tellOutcome } from './tell-issuer.ts';

/** Who issues what: plain JSON, kept with what is promised. */
export interface Kind {
  readonly issuer: Origin;
  /** The issuer's own name for itself, cleaned for display; may be empty. */
  readonly issuerName: string;
  readonly configuration: CredentialConfiguration;
}

/** What came of asking for one credential: checked, and not stored. What is secret in it is the holder's to forget. */
export type Arrived = {
  readonly kind: Kind;
  readonly part: IssuancePart;
} & (
  | { readonly is: 'copies'; readonly copies: readonly Copy[]; readonly type?: TypeFacts }
  | { readonly is: 'card'; readonly held: HeldBbs }
  | { readonly is: 'promised'; readonly deferral: Deferral; readonly keys: readonly SecretBytes[] }
);

/** The most credentials of one kind that a token may be good for and that are asked for. */
const MAX_OF_A_KIND = 8;

/** What `askForAll` asks for: a session for each kind, by one token. */
export interface Asking {
  readonly session: IssuanceSession;
  readonly kind: Kind;
}

/**
 * Asks an issuer for everything that a token is good for, and looks at all that comes. All of it, or none: of a failed
 * try no key is left.
 * @returns what came, and the session that the token is at now
 * @throws SignetError what `requestCredentials` and `checkCopies` throw
 */
export async function askForAll(
  services: Services,
  asking: readonly [Asking, ...Asking[]],
  keep: NonNullable<Doors['keep']>,
  say: (underway: Underway) => void,
): Promise<{ readonly arrived: readonly Arrived[]; readonly session: IssuanceSession }> {
  const wanted = asking.flatMap((one) => identifiersIn(one.session).map((identifier) => ({ ...one, identifier })));
  const arrived: Arrived[] = [];
  let at = asking[0].session;
  try {
    for (const { session, kind, identifier } of wanted) {
      say({ stage: 'request', done: arrived.length, of: wanted.length > 1 ? wanted.length : 0 });
      const next = await askForOne(services, { session: sharedWith(session, at), kind }, { identifier, keep, say });
      arrived.push(next.arrived);
      at = next.session;
    }
    return { arrived, session: at };
  } catch (error) {
    forgetArrived(arrived);
    throw error;
  }
}

const identifiersIn = ({ identifiers }: IssuanceSession): readonly (string | undefined)[] =>
  identifiers.length === 0 ? [undefined] : identifiers.slice(0, MAX_OF_A_KIND);

interface How extends Pick<Doors, 'keep'> {
  readonly identifier: string | undefined;
  readonly say: (underway: Underway) => void;
}

async function askForOne(
  services: Services,
  { session, kind }: Asking,
  { identifier, keep, say }: How,
): Promise<{ readonly arrived: Arrived; readonly session: IssuanceSession }> {
  const { fetchJson, clock } = services;
  const keys = session.unbound === true ? [] : createHolderKeys(session.copies);
  try {
    const named = identifier === undefined ? {} : { identifier };
    const issuance = await requestCredentials(session, {
      ...{ keys, fetchJson, clock },
      ...(keep === undefined ? {} : { keep }),
      ...named,
    });
    const arrived = await take(services, { ...issuance, kind, keys, named }, say);
    return { arrived, session: issuance.session };
  } catch (error) {
    for (const key of keys) key.dispose();
    throw error;
  }
}

/** An answer of the issuer's, and what it was asked with. */
export interface Answered {
  readonly kind: Kind;
  readonly session: IssuanceSession;
  readonly outcome: IssuanceOutcome;
  readonly keys: readonly SecretBytes[];
  readonly named: Pick<IssuancePart, 'identifier'>;
}

/**
 * Looks at what an issuer answered. Keys of what did not come are disposed; where something is wrong all stay with the
 * caller, and the issuer is told that what it sent was not taken, where it wants to hear.
 */
export async function take(
  services: Services,
  { kind, session, outcome, keys, named }: Answered,
  say: (underway: Underway) => void,
): Promise<Arrived> {
  if (outcome.kind === 'deferred') {
    return { is: 'promised', kind, part: partOf(session, named), deferral: outcome.deferral, keys };
  }
  const { copies, notificationId } = outcome;
  const part = partOf(session, { ...named, ...(notificationId === undefined ? {} : { notificationId }) });
  try {
    if (session.unbound === true) {
      const [card] = copies;
      if (card === undefined) throw new SignetError('internal', 'A credential response was empty.');
      return { is: 'card', kind, part, held: await checkCard(services, kind, card.credential) };
    }
    const expected = { issuer: kind.issuer, vct: kind.configuration.vct };
    const checked = await checkCopies(services, expected, { copies, keys }, (done) =>
      say({ stage: 'check', done, of: copies.length }),
    );
    const used = new Set(checked.map(({ holderKey }) => holderKey));
    const type = await typeOf(services, kind, checked);
    for (const key of keys) if (!used.has(key)) key.dispose();
    return { is: 'copies', kind, part, copies: checked, ...(type === undefined ? {} : { type }) };
  } catch (error) {
    await tellOutcome(services, session, [part], 'credential_failure');
    throw error;
  }
}

/** What the publisher of their type says of copies, where it is a host of the issuer's own: that one the person agreed to. */
async function typeOf(services: Services, { issuer }: Kind, copies: readonly Copy[]): Promise<TypeFacts | undefined> {
  try {
    return await learnType(
      { ...services, agreed: [issuer] },
      copies.map(({ issued }) => issued),
    );
  } catch (error) {
    forgetCopies(copies);
    throw error;
  }
}

/** Disposes everything secret of what came and is not stored. */
export function forgetArrived(arrived: readonly Arrived[]): void {
  for (const one of arrived) {
    if (one.is === 'copies') forgetCopies(one.copies);
    if (one.is === 'promised') for (const key of one.keys) key.dispose();
  }
}

/** Compartments that the announced claims of a credential go into. An issuer need not announce them. */
export function announcedCompartments({ claims }: CredentialConfiguration): readonly ClaimCompartment[] {
  const paths = claims.map(({ path }) => path.filter((step) => step !== null));
  return [...new Set(paths.flatMap((path) => claimCompartment(path) ?? []))];
}

/** What of a kind goes into the record of its copies. */
export function factsOf({
  configuration,
  issuerName,
}: Kind): Pick<NewCredential, 'name' | 'issuerName' | 'decay' | 'labels'> {
  const { name, decay, claims } = configuration;
  const labels = claims.flatMap(({ path, label }) => (label === undefined ? [] : [{ path, label }]));
  return { name, issuerName, labels, ...(decay === undefined ? {} : { decay }) };
}

/** What is kept with a promise of a kind, and read back from it. */
export const kindToKeep = (kind: Kind): Json => kind as unknown as Json; // plain JSON, by its type
export const keptKind = ({ offered }: Pick<PromisedCredential, 'offered'>): Kind => offered as unknown as Kind; // `kindToKeep` wrote it
export const keptDeferral = ({ deferral }: Pick<PromisedCredential, 'deferral'>): Deferral =>
  deferral as unknown as Deferral; // plain JSON, by its type
