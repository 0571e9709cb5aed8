import { SignetError, randomBytes, toBase64url } from '../../core/index.ts';
import type { CommittedBits, CommittedNumber, Opening, RandomSource } from '../../credentials/commitment/index.ts';
import { blindingScalar, opensTo } from '../../credentials/commitment/index.ts';
import { COMMITMENT_TO_NOTHING, differenceCommitment, paddedCount } from './difference.ts';
import type { Witness } from './prove.ts';
import { proveRange } from './prove.ts';
import type { PlacedStatement, ProofContext, RangeEntry } from './range-entry.ts';
import { MAX_ENTRIES, transcriptOf } from './range-entry.ts';
import { scalarOf } from './scalars.ts';
import type { Difference, RangeStatement } from './statement.ts';
import { assertStatementFits, differencesOf, statementHolds } from './statement.ts';

/** A statement to prove, and what it is proven with. */
export interface StatementToProve {
  readonly path: readonly string[];
  readonly statement: RangeStatement;
  /** The one that the issuer signed. */
  readonly commitment: CommittedNumber;
  readonly opening: Opening;
}

export interface StatementsToProve {
  readonly entries: readonly StatementToProve[];
  readonly context: ProofContext;
  /** Default: the platform's. */
  readonly random?: RandomSource;
}

/** Differences in one proof: more would need bases that nothing else needs, and spare few bytes. */
const MAX_DIFFERENCES = 4;

/**
 * Proves statements about committed numbers: the `range_proofs` of a key-binding JWT, in the order of the entries.
 * Numbers of one size share aggregated proofs. Everything is checked before anything is made.
 * @throws SignetError unsupported for a statement that cannot be proven of such a number, credential_refused for an
 * opening that does not open its commitment, denied for a statement that is not true; `field` is `entries[i]`
 */
export function proveStatements({ entries, context, random = randomBytes }: StatementsToProve): readonly RangeEntry[] {
  if (entries.length === 0 || entries.length > MAX_ENTRIES) {
    throw new SignetError('bad_request', `There are 1 to ${MAX_ENTRIES} statements to prove.`, { field: 'entries' });
  }
  for (const [i, entry] of entries.entries()) assertProvable(entry, `entries[${i}]`);
  const proven: RangeEntry[] = [];
  for (const group of groupsOf(entries)) {
    const [first = 0] = group.places;
    const proof = proveGroup(group, entries, context, random);
    for (const place of group.places) {
      const entry = entries[place];
      if (entry !== undefined) proven[place] = { ...placed(entry), proof: place === first ? proof : first };
    }
  }
  return proven;
}

function assertProvable({ statement, commitment, opening }: StatementToProve, field: string): void {
  try {
    assertStatementFits(statement, commitment);
  } catch (error) {
    const { reason, message } = SignetError.from(error);
    throw new SignetError(reason, message, { field, cause: error });
  }
  if (!opensTo(commitment, opening)) {
    throw new SignetError('credential_refused', 'This opening does not open the commitment.', { field });
  }
  if (!statementHolds(statement, opening.value)) {
    throw new SignetError('denied', 'What is asked is not true of this credential.', { field });
  }
}

/** Entries that one proof covers, by their places. */
interface Group {
  readonly bits: CommittedBits;
  readonly places: readonly number[];
  readonly differences: number;
}

function groupsOf(entries: readonly StatementToProve[]): readonly Group[] {
  const groups: Group[] = [];
  for (const [place, { commitment, statement }] of entries.entries()) {
    const { bits } = commitment;
    const count = differencesOf(statement).length;
    const at = groups.findIndex((group) => group.bits === bits && group.differences + count <= MAX_DIFFERENCES);
    const group = groups[at] ?? { bits, places: [], differences: 0 };
    const grown = { bits, places: [...group.places, place], differences: group.differences + count };
    if (at < 0) groups.push(grown);
    else groups[at] = grown;
  }
  return groups;
}

function proveGroup(
  { bits, places, differences }: Group,
  entries: readonly StatementToProve[],
  context: ProofContext,
  random: RandomSource,
): string {
  const covered = places.flatMap((place) => entries[place] ?? []);
  const witnesses = covered.flatMap((entry) =>
    differencesOf(entry.statement).map((difference) => witnessOf(entry, difference)),
  );
  const padding = Array.from({ length: (paddedCount(differences) ?? differences) - differences }, () => NOTHING);
  const transcript = transcriptOf(context, covered.map(placed));
  return toBase64url(proveRange({ transcript, bits, witnesses: [...witnesses, ...padding], random }));
}

const NOTHING: Witness = { value: 0n, blinding: 0n, commitment: COMMITMENT_TO_NOTHING };

function witnessOf({ commitment, opening }: StatementToProve, difference: Difference): Witness {
  const { side, bound } = difference;
  const blinding = blindingScalar(opening.blinding);
  return {
    value: side === 'above' ? opening.value - bound : bound - opening.value,
    blinding: side === 'above' ? blinding : scalarOf(-blinding),
    commitment: differenceCommitment(commitment, difference),
  };
}

const placed = ({ path, statement, commitment }: StatementToProve): PlacedStatement => ({
  path,
  statement,
  bits: commitment.bits,
});
