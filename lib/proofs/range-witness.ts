import type { Json } from '../core/index.ts';
import { SignetError, toBase64url } from '../core/index.ts';
import { getOpening, parseSdJwt, presentedHash, readCommitted, valueAt } from '../credentials/index.ts';
import type { CommittedBits, Opening, OpenedInstance } from '../credentials/index.ts';
import type { VaultReader } from '../vault/index.ts';
import type { Match } from './matched.ts';
import type { PlannedRange } from './range-plan.ts';
import type { RangeStatement } from './range/index.ts';

/** What proofs about numbers are made of: everything is text, `value` and `blinding` are secret. */
export interface RangeWork {
  readonly entries: readonly {
    readonly path: readonly string[];
    readonly statement: RangeStatement;
    readonly bits: CommittedBits;
    /** base64url of the compressed point that the issuer signed. */
    readonly point: string;
    /** Decimal. */
    readonly value: string;
    /** base64url of 32 bytes. */
    readonly blinding: string;
  }[];
  readonly context: { readonly origin: string; readonly nonce: string; readonly sdHash: string };
}

/**
 * Makes `range_proofs` for a key binding, out of the worker: for each entry its proof, or the place of the entry whose
 * proof covers it too. Refuses what is not true or does not open.
 */
export type ProveRanges = (work: RangeWork) => Promise<readonly { readonly proof: string | number }[]>;

/** A number that is opened for one proof. */
export interface RangeWitness {
  readonly range: PlannedRange;
  readonly point: string;
  readonly opening: Opening;
}

/** Opens the numbers of an opened instance that a match proves something about. Dispose each `opening.blinding`. */
export async function openRanges(
  reader: VaultReader,
  { record, ranges }: Match,
  { instanceId, issuerJwt, disclosures }: OpenedInstance,
): Promise<readonly RangeWitness[]> {
  if (ranges.length === 0) return [];
  const { claims } = parseSdJwt(`${[issuerJwt, ...disclosures].join('~')}~`);
  const witnesses: RangeWitness[] = [];
  for (const range of ranges) {
    const committed = readCommitted(valueAt(claims, range.path));
    const opening = await getOpening(reader, record.id, instanceId, range.row);
    if (committed === undefined || opening === undefined) {
      for (const one of witnesses) one.opening.blinding.dispose();
      throw new SignetError('not_found', 'What this proof needs of the credential is gone. Ask the issuer again.');
    }
    witnesses.push({ range, point: committed.point, opening });
  }
  return witnesses;
}

/** The proofs for one presentation; undefined where it proves nothing about numbers. @throws what `prove` throws */
export async function proveFor(
  witnesses: readonly RangeWitness[],
  presented: Pick<OpenedInstance, 'issuerJwt' | 'disclosures'>,
  { origin, nonce }: { readonly origin: string; readonly nonce: string },
  prove: ProveRanges | undefined,
): Promise<readonly Json[] | undefined> {
  if (witnesses.length === 0) return undefined;
  if (prove === undefined) throw new SignetError('internal', 'A proof about a number needs the prover.');
  const entries = witnesses.map(({ range: { path, statement, bits }, point, opening }) => ({
    ...{ path, statement, bits, point },
    value: String(opening.value),
    blinding: toBase64url(opening.blinding.expose()),
  }));
  const proofs = await prove({ entries, context: { origin, nonce, sdHash: presentedHash(presented) } });
  if (proofs.length !== entries.length) {
    throw new SignetError('internal', 'The prover proved something else than it was asked for. Nothing was released.');
  }
  // What is stated is what was planned, whatever came back.
  return entries.map(({ path, statement, bits }, at) => ({
    ...{ path: [...path], statement: { ...statement }, bits },
    proof: proofs[at]?.proof ?? '',
  }));
}
