import type { Bytes } from '../../../core/index.ts';
import { SignetError, equalBytes, fromBase64url } from '../../../core/index.ts';
import type { OpenVault, VaultTx } from '../../../vault/index.ts';
import type { UnusedClaims } from '../../receipt/index.ts';
import { readReceipt, verifyReceipt } from '../../receipt/index.ts';
import type { Spend, SpendDecision } from './count-spend.ts';
import { countSpend, scopesOf } from './count-spend.ts';
import type { Released } from './released.ts';
import { putReleased, readReleased } from './released.ts';
import { periodsOf, takeFromSums } from './totals.ts';

/** How often another worker over the same vault may be quicker. */
const MAX_TRIES = 200;

/** Counts what is given away against the person's limits, however many windows and workers do so at once. */
export class SpendCounter {
  readonly #vault: OpenVault;

  constructor(vault: OpenVault) {
    this.#vault = vault;
  }

  /**
   * As `countSpend`, in a transaction of its own, and again where another worker wrote meanwhile. Release the token
   * only once this has said `allowed`.
   * @throws SignetError as `countSpend` and `OpenVault.transact`; `changed` where others kept being quicker
   */
  spend(spend: Spend): Promise<SpendDecision> {
    return this.#transact((tx) => countSpend(tx, spend));
  }

  /**
   * Gives back what the merchant says was unused, once for a token.
   * @param receipt as `signReceipt` wrote it, of what was unused
   * @returns what came back: minor units
   * @throws SignetError `bad_request` for a receipt that is not of the merchant's key, or of another origin, currency or
   *   amount than was released; `not_found` for a token that was not; `consumed` where something came back before
   */
  async returnUnused(receipt: string): Promise<number> {
    const { jti } = readReceipt(receipt);
    const released = assertReleased(await readReleased(this.#vault, jti));
    if (released.merchant === undefined) throw refused('No merchant’s word was agreed on for this token.');
    const publicKey = fromBase64url(released.merchant);
    const claims = await verifyReceipt(receipt, publicKey);
    if (claims.type !== 'unused') throw refused('The receipt does not say that anything was unused.');
    return this.#transact((tx) => countReturn(tx, claims, publicKey));
  }

  async #transact<T>(work: (tx: VaultTx) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#vault.transact(work);
      } catch (error) {
        if (SignetError.from(error).reason !== 'changed' || tries === MAX_TRIES) throw error;
      }
    }
  }
}

/**
 * As `returnUnused`, in the transaction of a caller who verified the receipt.
 * @param publicKey that it was verified with
 * @throws SignetError as `returnUnused`
 */
export const countReturn = async (tx: VaultTx, claims: UnusedClaims, publicKey: Bytes): Promise<number> =>
  giveBack(tx, assertSame(await readReleased(tx, claims.jti), publicKey), claims);

/** Takes what came back from the day and month in which it was counted. */
async function giveBack(tx: VaultTx, released: Released, claims: UnusedClaims): Promise<number> {
  const { audience, currency, amount, at, returned } = released;
  if (claims.audience !== audience || claims.currency !== currency || claims.unused > amount) {
    throw refused('The receipt is not for what was released.');
  }
  if (returned !== undefined) throw new SignetError('consumed', 'The unused part of this token came back before.');
  for (const scope of scopesOf(released)) await takeFromSums(tx, scope, periodsOf(at), claims.unused);
  putReleased(tx, claims.jti, { ...released, returned: claims.unused });
  return claims.unused;
}

function assertSame(released: Released | undefined, publicKey: Bytes): Released {
  const found = assertReleased(released);
  if (found.merchant !== undefined && equalBytes(fromBase64url(found.merchant), publicKey)) return found;
  throw refused('The token was released anew, with another merchant’s key.');
}

function assertReleased(released: Released | undefined): Released {
  if (released === undefined) throw new SignetError('not_found', 'No such token was released.');
  return released;
}

const refused = (message: string): SignetError => new SignetError('bad_request', message, { field: 'receipt' });
