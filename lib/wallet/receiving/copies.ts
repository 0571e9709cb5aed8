import type { Origin, SecretBytes } from '../../core/index.ts';
import { SignetError, bodyOf } from '../../core/index.ts';
import {
  assertOpen,
  createHolderKey,
  holderPublicJwk,
  issuerKeyResolver,
  matchOpenings,
  trustAnchors,
  verifyIssuedCredential,
} from '../../credentials/index.ts';
import type { ArrivedOpening, IssuedCredential } from '../../credentials/index.ts';
import type { IssuedCopy } from '../../protocols/index.ts';
import type { Services } from '../services.ts';

/** One copy that came and was checked. Its key is the caller's to dispose. */
export interface Copy {
  readonly issued: IssuedCredential;
  readonly holderKey: SecretBytes;
  /** Of its committed numbers: they open. */
  readonly openings: readonly ArrivedOpening[];
}

/** Whose copies they must be, and of what type. */
export interface ExpectedCopies {
  readonly issuer: Origin;
  readonly vct: string;
}

/** Keys for so many copies. Dispose them. */
export const createHolderKeys = (count: number): readonly SecretBytes[] =>
  Array.from({ length: count }, createHolderKey);

/**
 * Looks at everything of copies that an issuer sent: whose they are, of which type, bound to our keys, signed, and with
 * openings that open. The keys of what is returned belong to it; the others, and all of them where one copy is not as
 * it must be, stay with the caller.
 * @param keys those that the copies were asked for with
 * @param onChecked called after each copy with how many are done
 * @throws SignetError credential_refused, naming what is wrong; what the way to the issuer's keys throws
 */
export async function checkCopies(
  services: Services,
  { issuer, vct }: ExpectedCopies,
  { copies, keys }: { readonly copies: readonly IssuedCopy[]; readonly keys: readonly SecretBytes[] },
  onChecked: (done: number) => void,
): Promise<readonly Copy[]> {
  const { fetchJson, clock, keeper, checkOpenings } = services;
  const anchors = await trustAnchors(await keeper.open(), { for: 'issuers', type: vct });
  const fetched = async ({ href }: URL) => bodyOf(await fetchJson({ url: href }), href);
  const resolveKeys = issuerKeyResolver({ issuer, clock, anchors, fetchJson: fetched });
  const checked: Copy[] = [];
  try {
    for (const { credential, keyIndex, openings } of copies) {
      const holderKey = keyIndex === undefined ? undefined : keys[keyIndex];
      if (holderKey === undefined) throw new SignetError('internal', 'A credential came without its key.');
      const expected = { issuer, vct, holder: holderPublicJwk(holderKey), resolveKeys, clock };
      const issued = await verifyIssuedCredential(credential, expected);
      checked.push({ holderKey, issued, openings: matchOpenings(issued.sdJwt, openings) });
      onChecked(checked.length);
    }
    await assertOpen(
      checked.flatMap(({ openings }) => openings),
      checkOpenings,
    );
    return checked;
  } catch (error) {
    forgetOpenings(checked);
    throw error;
  }
}

/** Disposes everything secret of copies. */
export function forgetCopies(copies: readonly Copy[]): void {
  for (const { holderKey } of copies) holderKey.dispose();
  forgetOpenings(copies);
}

function forgetOpenings(copies: readonly Copy[]): void {
  for (const { openings } of copies) for (const { blinding } of openings) blinding.dispose();
}
