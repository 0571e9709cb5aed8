import * as v from 'valibot';
import type { OwnRequest, OwnRoute } from './contract.ts';

const nothing = v.strictObject({});
const text = (maxLength: number) => v.pipe(v.string(), v.maxLength(maxLength));
const password = text(1024);
const phrase = text(4096);
const id = text(128);
const mark = v.strictObject({ shape: text(32), colour: text(32) });
const tier = v.picklist([1, 2]);
const seq = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** What each route takes; a message is rebuilt from these and anything else is refused (design §3, rule 4). */
export const ownSchemas = {
  'wallet.status': nothing,
  'wallet.create': v.strictObject({ password, mark }),
  'wallet.restore': v.strictObject({ phrase, password, mark, eraseExisting: v.boolean() }),
  'wallet.resetPassword': v.strictObject({ phrase, password }),
  'wallet.changePassword': v.strictObject({ current: password, next: password }),
  'wallet.unlock': v.strictObject({ password }),
  'wallet.lock': nothing,
  'wallet.revealPhrase': v.strictObject({ password }),
  'wallet.confirmPhrase': nothing,
  'wallet.erase': v.strictObject({ confirm: v.literal('erase') }),
  'wallet.touch': nothing,
  'settings.get': nothing,
  'settings.set': v.strictObject({
    autoLockMinutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(60)),
  }),
  'attributes.list': nothing,
  'attributes.save': v.strictObject({
    id: v.exactOptional(id),
    label: text(1000),
    type: v.picklist(['text', 'number', 'date', 'yes_no']),
    value: text(10_000),
    tier,
  }),
  'attributes.delete': v.strictObject({ id }),
  'credentials.list': nothing,
  'credentials.delete': v.strictObject({ id }),
  'audit.list': v.strictObject({
    before: v.exactOptional(seq),
    limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)),
  }),
  'requests.list': nothing,
  'requests.shown': v.strictObject({ requestId: id }),
  'requests.show': nothing,
  'requests.deny': v.strictObject({ requestId: id }),
  'requests.allowProof': v.strictObject({ requestId: id, digest: id }),
  'requests.continueOffer': v.strictObject({ requestId: id }),
  'requests.acceptOffer': v.strictObject({ requestId: id, digest: id, transactionCode: v.exactOptional(text(64)) }),
  'recovery.report': nothing,
  'recovery.download': nothing,
} satisfies { readonly [R in OwnRoute]: v.GenericSchema<unknown, OwnRequest<R>> };
