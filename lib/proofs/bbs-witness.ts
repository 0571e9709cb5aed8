import type { JsonObject, Origin } from '../core/index.ts';
import { SignetError } from '../core/index.ts';
import { bbsRequestHash, openBbs, readBbsPresentation, revealedBy } from '../credentials/index.ts';
import type { HeldBbs } from '../credentials/index.ts';
import type { VaultReader } from '../vault/index.ts';
import type { Match } from './matched.ts';

/** What a proof that cannot be linked is made of. `credential` is secret: whoever has it can show it. */
export interface BbsWork {
  readonly kind: 'bbs' | 'bbs+';
  readonly credential: string;
  readonly key: HeldBbs['key'];
  /** Names of the claims to show. */
  readonly disclose: readonly string[];
  readonly binding: { readonly origin: string; readonly nonce: string; readonly requestHash: string };
}

/** Derives the presentation, out of the worker. */
export type ProveBbs = (work: BbsWork) => Promise<{ readonly proof: string }>;

/** A BBS credential that is opened for one presentation. */
export interface BbsWitness {
  readonly match: Match;
  readonly held: HeldBbs;
}

export const openWitness = async (reader: VaultReader, match: Match): Promise<BbsWitness> => ({
  match,
  held: await openBbs(reader, match.record.id),
});

/**
 * A presentation that shows the claims of the plan, read back as a verifier would: them and no others.
 * @throws SignetError internal when it shows anything else; what `prove` throws
 */
export async function presentWith(
  { match, held: { text, key } }: BbsWitness,
  { origin, nonce }: { readonly origin: Origin; readonly nonce: string },
  prove: ProveBbs | undefined,
): Promise<{ readonly presentation: string; readonly claims: JsonObject }> {
  const { record, rows, wanted } = match;
  if (prove === undefined || record.format === undefined || record.format === 'self') {
    throw new SignetError('internal', 'A proof that cannot be linked needs the prover.');
  }
  const disclose = revealedBy(record.claims, rows).map(({ path }) => String(path[0]));
  const asked = wanted.terms.map(({ name }) => name);
  const requestHash = bbsRequestHash(asked, []);
  const { proof } = await prove({
    ...{ kind: record.format, credential: text, key, disclose },
    binding: { origin, nonce, requestHash },
  });
  const { disclosed, suite, header } = readBbsPresentation(proof);
  const isAgreed = Object.keys(disclosed).sort().join() === [...disclose].sort().join();
  if (!isAgreed || suite !== record.format || header.type !== record.vct) {
    throw new SignetError('internal', 'The proof would show something else than was agreed to. Nothing was released.');
  }
  return { presentation: proof, claims: disclosed };
}
