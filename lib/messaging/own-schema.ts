import * as v from 'valibot';
import type { OwnRequest, OwnRoute } from './contract.ts';

const nothing = v.strictObject({});
const text = (maxLength: number) => v.pipe(v.string(), v.maxLength(maxLength));
const password = text(1024);
const phrase = text(4096);
const id = text(128);
const mark = v.strictObject({ shape: text(32), colour: text(32) });
const tier = v.picklist([1, 2, 3]);
const compartment = v.picklist(['health', 'payment', 'private']);
const bytes32 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));
const passkeyId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,1400}$/));
const byPassword = v.strictObject({ password });
const opener = v.union([byPassword, v.strictObject({ passkey: v.strictObject({ id: passkeyId, prf: bytes32 }) })]);
const seq = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const limit = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200));
const rowId = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const auditFilter = v.strictObject({
  site: v.exactOptional(text(300)),
  kinds: v.exactOptional(v.pipe(v.array(text(64)), v.maxLength(64))),
  claim: v.exactOptional(text(200)),
  decision: v.exactOptional(v.picklist(['PERMIT', 'DENY', 'ANOMALY', ''])),
  from: v.exactOptional(seq),
  to: v.exactOptional(seq),
});
/** A megabyte in base64. */
const chunk = v.pipe(v.string(), v.maxLength(1_400_000));

/** What each route takes; a message is rebuilt from these and anything else is refused (design §3, rule 4). */
export const ownSchemas = {
  'wallet.status': nothing,
  'wallet.create': v.strictObject({ password, mark }),
  'wallet.restore': v.strictObject({ phrase, password, mark, eraseExisting: v.boolean() }),
  'wallet.resetPassword': v.strictObject({ phrase, password }),
  'wallet.changePassword': v.strictObject({ current: opener, next: password }),
  'wallet.unlock': opener,
  'wallet.lock': nothing,
  'wallet.revealPhrase': opener,
  'wallet.confirmPhrase': nothing,
  'wallet.erase': v.strictObject({ confirm: v.literal('erase') }),
  'wallet.touch': nothing,
  'wallet.move': v.strictObject({ opener, password, mark: v.exactOptional(mark) }),
  'passkeys.list': nothing,
  'passkeys.prepare': nothing,
  'passkeys.add': v.strictObject({ opener, id: passkeyId, prf: bytes32, name: text(120) }),
  'passkeys.remove': v.strictObject({ id: passkeyId }),
  'compartments.list': nothing,
  'compartments.erase': v.strictObject({ name: compartment, confirm: v.literal('erase') }),
  'settings.get': nothing,
  'settings.set': v.strictObject({
    autoLockMinutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(60)),
    decoys: v.boolean(),
  }),
  'attributes.list': nothing,
  'attributes.save': v.strictObject({
    id: v.exactOptional(id),
    label: text(1000),
    type: v.picklist(['text', 'number', 'date', 'yes_no']),
    value: text(10_000),
    tier,
    compartment: v.exactOptional(compartment),
    opener: v.exactOptional(opener),
  }),
  'attributes.open': v.strictObject({ id }),
  'attributes.delete': v.strictObject({ id }),
  'credentials.list': nothing,
  'credentials.delete': v.strictObject({ id }),
  'audit.list': v.strictObject({ before: v.exactOptional(seq), limit, filter: v.exactOptional(auditFilter) }),
  'audit.verify': v.strictObject({ id: v.exactOptional(id) }),
  'audit.export': v.strictObject({ from: seq, to: v.exactOptional(seq) }),
  'audit.exportEntry': v.strictObject({ seq }),
  'audit.prune': v.strictObject({ before: seq, confirm: v.literal('prune') }),
  'storage.rows': v.strictObject({ after: v.exactOptional(rowId), limit }),
  'storage.locate': v.strictObject({ label: text(200), index: seq }),
  'storage.check': v.strictObject({ id: v.exactOptional(id) }),
  'storage.clean': nothing,
  'backup.make': v.strictObject({ passphrase: password, tier3: v.boolean() }),
  'backup.chunk': v.strictObject({ id, index: seq }),
  'backup.saved': v.strictObject({ id }),
  'restore.begin': v.strictObject({ bytes: seq }),
  'restore.chunk': v.strictObject({ id, index: seq, data: chunk }),
  'restore.rehearse': v.strictObject({ id, passphrase: password }),
  'restore.commit': v.strictObject({
    id,
    passphrase: password,
    opener: v.union([byPassword, v.strictObject({ phrase, password })]),
    mark: v.exactOptional(mark),
    eraseExisting: v.boolean(),
  }),
  'requests.list': nothing,
  'requests.shown': v.strictObject({ requestId: id }),
  'requests.show': nothing,
  'requests.deny': v.strictObject({ requestId: id }),
  'requests.allowProof': v.strictObject({ requestId: id, digest: id, opener: v.exactOptional(opener) }),
  'requests.openRecord': v.strictObject({ requestId: id, opener }),
  'requests.continueOffer': v.strictObject({ requestId: id }),
  'requests.acceptOffer': v.strictObject({
    requestId: id,
    digest: id,
    transactionCode: v.exactOptional(text(64)),
    opener: v.exactOptional(opener),
  }),
  'recovery.report': nothing,
  'recovery.download': nothing,
} satisfies { readonly [R in OwnRoute]: v.GenericSchema<unknown, OwnRequest<R>> };
