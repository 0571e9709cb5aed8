import type { LoggedTx } from '../../audit/index.ts';
import { AuditLog } from '../../audit/index.ts';
import type { HeldCapability, ReceiptClaims } from '../../capabilities/index.ts';
import { MAX_RECEIPTS, countReturn, dropSeed, putHeld, readHeld, verifyReceipt } from '../../capabilities/index.ts';
import type { Bytes } from '../../core/index.ts';
import { SignetError, fromBase64url } from '../../core/index.ts';
import type { ReceiptWaiting } from '../../messaging/contract.ts';
import type { PageRequest } from '../../requests/index.ts';
import { againWhileOutrun } from '../again.ts';
import { paidIn } from './capability-view.ts';
import type { Services } from '../services.ts';

/** What a merchant hands over. */
export interface HandedReceipt {
  readonly text: string;
  readonly claims: ReceiptClaims;
}

/** What the consent window shows of a receipt that waits for the vault to be opened. */
export async function viewReceiptWaiting({ keeper }: Services): Promise<Pick<ReceiptWaiting, 'kind' | 'state'>> {
  return { kind: 'receipt', state: { step: (await keeper.state()) === 'none' ? 'no_vault' : 'locked' } };
}

const TAKEN = { ok: true, result: { accepted: true, credentials: 0 } } as const;

/**
 * Keeps a merchant's receipt beside the token that it is for, without the person: it was released to this very origin,
 * and the merchant's key was named then. What was not used comes back to the limits.
 * @throws SignetError where it is not kept, for whatever reason: the page hears of a refusal alone (rule 9)
 */
export async function takeReceipt(services: Services, request: PageRequest, handed: HandedReceipt): Promise<void> {
  const { queue, keeper, clock, book } = services;
  const vault = await keeper.open();
  const { receiptKey } = await heldFor(vault, request, handed);
  if (receiptKey === undefined) throw refused('No merchant’s word was agreed on for this token.');
  const publicKey = fromBase64url(receiptKey);
  await verifyReceipt(handed.text, publicKey);
  await againWhileOutrun(services, request, async () => {
    const log = new AuditLog(vault, { clock, policy: await book.hash(vault) });
    const settled = await queue.settle(request.id, TAKEN, ({ write, expected }) =>
      log.transact(async (tx) => {
        const held = await heldFor(tx, request, handed);
        if (held.receiptKey !== receiptKey) throw refused('The token has another merchant’s key.');
        await keep(tx, held, { ...handed, publicKey });
        tx.raw(write);
        tx.expect(expected);
      }),
    );
    services.deliver(settled);
  });
  services.announce('requests');
  services.announce('capabilities');
  services.announce('audit');
}

async function heldFor(
  reader: Parameters<typeof readHeld>[0],
  { origin }: PageRequest,
  { text, claims }: HandedReceipt,
): Promise<HeldCapability> {
  const held = claims.audience === origin ? await readHeld(reader, origin, claims.jti) : undefined;
  if (held === undefined) throw refused('No such token was released to this site.');
  if (held.receipts.includes(text)) throw refused('This receipt is kept already.');
  if (held.receipts.length >= MAX_RECEIPTS) throw refused('No more receipts are kept for this token.');
  assertSum(held, claims);
  return held;
}

/** All that a merchant says of a token is no more than the token was for. */
function assertSum(held: HeldCapability, claims: ReceiptClaims): void {
  const { money, returned = 0 } = held;
  if (money !== undefined && claims.currency !== money.currency) throw refused('The receipt is of another currency.');
  const said = claims.type === 'paid' ? claims.amount : claims.unused;
  const sum = paidIn(held).reduce((all, amount) => all + amount, returned + said);
  if (sum > (money?.amount ?? 0)) throw refused('The receipt is for more than was released.');
}

async function keep(
  tx: LoggedTx,
  held: HeldCapability,
  { text, claims, publicKey }: HandedReceipt & { readonly publicKey: Bytes },
): Promise<void> {
  const { audience: subject, kind } = held;
  const after: HeldCapability = { ...held, receipts: [...held.receipts, text] };
  if (claims.type === 'paid') {
    putHeld(tx, after);
    await tx.log({ kind: 'capability.receipt', subject, claims: [kind] });
    return;
  }
  const returned = await countReturn(tx, claims, publicKey);
  putHeld(tx, { ...after, returned });
  await dropSeed(tx, held); // what came back to the limits is not spent once more
  await tx.log({ kind: 'capability.returned', subject, claims: [kind] });
}

const refused = (message: string): SignetError => new SignetError('bad_request', message, { field: 'receipt' });
