import type { JsonObject, SecretBytes } from '../core/index.ts';
import { SignetError, canonicalJson } from '../core/index.ts';
import { parseSdJwt, personalClaims, presentSelfIssued, revealSelf, revealedBy } from '../credentials/index.ts';
import type { AboutMyself, SelfPresentation } from '../credentials/index.ts';
import type { VaultReader } from '../vault/index.ts';
import type { Match } from './matched.ts';

/** Reads what the person stored to be said of themselves; undefined where there is nothing to say. */
export type ReadMyself = () => Promise<AboutMyself | undefined>;

/** What the person says of themselves, opened for one presentation. */
export interface SelfWitness {
  readonly match: Match;
  readonly about: AboutMyself;
  /** The vault's: borrowed, never disposed here. */
  readonly identity: SecretBytes;
}

/** @throws SignetError changed when there is nothing to say any more */
export async function openSelf(
  reader: VaultReader,
  match: Match,
  readMyself: ReadMyself | undefined,
): Promise<SelfWitness> {
  const about = await readMyself?.();
  if (about === undefined) throw changed();
  return { match, about, identity: reader.keys.identity };
}

/**
 * What the person agreed to say, said under their key for this site.
 * @param to whom it is said, and what it is bound to
 * @throws SignetError changed when it is not what it was when they were asked: stored anew, or another day
 */
export async function presentMyself(
  { match, about, identity }: SelfWitness,
  to: Pick<SelfPresentation, 'origin' | 'audience' | 'nonce' | 'now' | 'transactionData'>,
): Promise<string> {
  const { record, rows } = match;
  const known = new Set(about.schema.fields.map(({ name }) => name));
  const shown = revealedBy(record.claims, rows).map(({ path }) => String(path[0]));
  if (!shown.every((name) => known.has(name))) throw changed();
  const presentation = await presentSelfIssued({ ...about, ...to, shown, identity });
  const said = personalClaims(parseSdJwt(presentation).claims);
  if (!isSame(said, revealSelf(record, rows))) throw changed();
  return presentation;
}

const isSame = (a: JsonObject, b: JsonObject): boolean => canonicalJson(a) === canonicalJson(b);

const changed = (): SignetError =>
  new SignetError('changed', 'What you say about yourself has changed. Please look again.');
