import * as v from 'valibot';
import { ROLES } from '../policy/engine/index.ts';
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
const claim = text(200);
const claims = v.pipe(v.array(claim), v.minLength(1), v.maxLength(64));
const extras = v.pipe(v.array(text(200)), v.maxLength(64));
/** Ids of credentials in one offer. */
const chosen = v.pipe(v.array(text(500)), v.minLength(1), v.maxLength(32));
const role = v.picklist(ROLES);
const subject = text(300);
const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const grantOrder = v.strictObject({
  claims,
  until: v.exactOptional(seq),
  maxUses: v.exactOptional(positive),
  rate: v.exactOptional(v.strictObject({ times: positive, seconds: positive })),
});
const roleGiven = v.strictObject({ subject, by: v.picklist(['explicit', 'credential', 'domain']), role });
/** Any JSON object: the policy engine reads it by the schema of rules. */
const rule = v.pipe(
  v.record(v.string(), v.unknown()),
  v.check((value) => JSON.stringify(value).length <= 16_384),
);
const attribute = v.union([v.string(), v.number(), v.boolean(), v.array(v.string())]);
const attributes = v.record(text(64), attribute);
const policyRequest = v.strictObject({
  subject: v.strictObject({ type: v.picklist(['site', 'agent']), id: subject, properties: attributes }),
  action: v.strictObject({ name: text(64) }),
  resource: v.strictObject({ type: text(64), id: claim, properties: attributes }),
  context: attributes,
});
const spendLimit = v.strictObject({
  currency: v.pipe(v.string(), v.regex(/^[A-Z]{3}$/)),
  per: v.picklist(['token', 'day', 'month']),
  amount: v.pipe(v.string(), v.regex(/^\d{1,15}(?:\.\d{1,4})?$/)),
  audience: v.exactOptional(text(300)),
});
const agentName = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(60));
const agentLimits = v.strictObject({
  tiers: v.pipe(v.array(tier), v.maxLength(3)),
  claims: v.union([v.literal('*'), v.pipe(v.array(claim), v.maxLength(64))]),
  budget: v.pipe(
    v.array(
      v.strictObject({
        currency: v.pipe(v.string(), v.regex(/^[A-Z]{3}$/)),
        per: v.picklist(['token', 'day', 'month']),
        amount: v.pipe(v.string(), v.regex(/^\d{1,15}(?:\.\d{1,4})?$/)),
      }),
    ),
    v.maxLength(16),
  ),
});
/** A megabyte in base64. */
const chunk = v.pipe(v.string(), v.maxLength(1_400_000));

/** A file of certificates or a trust list: a megabyte in base64. */
const trustFile = v.pipe(v.string(), v.maxLength(1_400_000));
const address = text(2000);
const trustList = v.pipe(v.string(), v.maxLength(1_000_000));
const vouchesFor = v.pipe(v.array(v.picklist(['issuers', 'verifiers'])), v.minLength(1), v.maxLength(2));
/** A request that stands whole in its link can be long. */
const link = v.strictObject({ link: text(100_000) });

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
  'elsewhere.get': nothing,
  'elsewhere.set': v.strictObject({
    opener,
    settings: v.strictObject({
      webhook: v.exactOptional(
        v.strictObject({
          ...{ url: text(2000), tells: v.picklist(['nothing', 'names']) },
          signedBy: v.exactOptional(v.picklist(['secret', 'key'])),
        }),
      ),
      answers: v.exactOptional(
        v.strictObject({ publicKey: text(200), url: v.exactOptional(text(2000)), tier3: v.boolean() }),
      ),
    }),
  }),
  'elsewhere.rotate': v.strictObject({ opener, dropOld: v.boolean() }),
  'elsewhere.test': nothing,
  'digital.get': nothing,
  'digital.turn': v.strictObject({ on: v.boolean() }),
  'digital.forgetSites': nothing,
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
  'credentials.delete': v.strictObject({ id, tell: v.exactOptional(v.boolean()) }),
  'credentials.renew': v.strictObject({ id, opener: v.exactOptional(opener) }),
  'issuance.list': nothing,
  'issuance.ask': v.strictObject({ id, opener: v.exactOptional(opener) }),
  'issuance.stop': v.strictObject({ id }),
  'credentials.checkStatus': v.strictObject({ id }),
  'credentials.describe': v.strictObject({ id }),
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
  'links.look': link,
  'links.open': link,
  'requests.sendAgain': v.strictObject({ requestId: id }),
  'requests.list': nothing,
  'requests.shown': v.strictObject({ requestId: id }),
  'requests.show': nothing,
  'requests.deny': v.strictObject({
    requestId: id,
    never: v.exactOptional(v.picklist(['claims', 'site'])),
    tell: v.exactOptional(v.literal(true)),
  }),
  'requests.denySite': v.strictObject({ requestId: id }),
  'requests.continueProof': v.strictObject({ requestId: id }),
  'requests.otherWallet': v.strictObject({ requestId: id, always: v.boolean() }),
  'requests.narrow': v.strictObject({ requestId: id, extras }),
  'requests.allowProof': v.strictObject({
    requestId: id,
    digest: id,
    extras: v.exactOptional(extras),
    always: v.exactOptional(grantOrder),
    opener: v.exactOptional(opener),
  }),
  'policy.get': nothing,
  'policy.saveRule': v.strictObject({ rule, unlock: v.exactOptional(v.boolean()) }),
  'policy.deleteRule': v.strictObject({ id, unlock: v.exactOptional(v.boolean()) }),
  'policy.setRoles': v.strictObject({
    roles: v.exactOptional(v.pipe(v.array(roleGiven), v.maxLength(2000))),
    claimRoles: v.exactOptional(v.record(claim, role)),
  }),
  'policy.simulate': v.strictObject({ rule, last: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)) }),
  'policy.analyse': nothing,
  'policy.versions': nothing,
  'policy.diff': v.strictObject({ from: seq, to: seq }),
  'policy.bringBack': v.strictObject({ version: seq }),
  'policy.export': v.strictObject({ form: v.picklist(['json', 'cedar']) }),
  'policy.import': v.strictObject({ text: text(2_000_000), digest: v.exactOptional(id) }),
  'policy.explain': v.strictObject({ request: policyRequest }),
  'sites.list': nothing,
  'sites.setRole': v.strictObject({ subject, role: v.nullable(role), domain: v.exactOptional(text(255)) }),
  'sites.revoke': v.strictObject({ subject }),
  'sites.unmute': v.strictObject({ subject }),
  'patterns.list': nothing,
  'patterns.dismiss': v.strictObject({ id }),
  'requests.openRecord': v.strictObject({ requestId: id, opener }),
  'requests.continueOffer': v.strictObject({ requestId: id }),
  'requests.signIn': v.strictObject({ requestId: id, digest: id, chosen: v.exactOptional(chosen) }),
  'requests.signedIn': v.strictObject({ requestId: id, address: text(16_384) }),
  'requests.acceptOffer': v.strictObject({
    requestId: id,
    digest: id,
    chosen: v.exactOptional(chosen),
    transactionCode: v.exactOptional(text(64)),
    opener: v.exactOptional(opener),
  }),
  'requests.allowCapability': v.strictObject({ requestId: id, digest: id, standing: v.exactOptional(id) }),
  'requests.allowAgentCall': v.strictObject({
    requestId: id,
    digest: id,
    compartment: v.exactOptional(compartment),
    opener: v.exactOptional(opener),
  }),
  'agents.list': nothing,
  'agents.pairing.start': nothing,
  'agents.pairing.state': nothing,
  'agents.pairing.confirm': v.strictObject({
    digits: v.pipe(v.string(), v.regex(/^\d{6}$/)),
    name: agentName,
    role,
    limits: agentLimits,
  }),
  'agents.pairing.cancel': nothing,
  'agents.reload': v.strictObject({ lose: v.boolean() }),
  'agents.rename': v.strictObject({ id, name: agentName }),
  'agents.limit': v.strictObject({ id, role, limits: agentLimits }),
  'agents.pause': v.strictObject({ id }),
  'agents.resume': v.strictObject({ id }),
  'agents.revoke': v.strictObject({ id }),
  'agents.stopAll': nothing,
  'agents.startAll': nothing,
  'requests.continueAuthority': v.strictObject({ requestId: id }),
  'requests.acceptAuthority': v.strictObject({ requestId: id, digest: id }),
  'capabilities.list': nothing,
  'capabilities.revoke': v.strictObject({ id }),
  'capabilities.forget': v.strictObject({ id }),
  'limits.get': nothing,
  'limits.save': v.strictObject({ limits: v.pipe(v.array(spendLimit), v.maxLength(256)) }),
  'authorities.list': nothing,
  'authorities.giveUp': v.strictObject({ id }),
  'authorities.distrust': v.strictObject({ authority: subject }),
  'trust.list': nothing,
  'trust.review': v.strictObject({ file: trustFile }),
  'trust.fetch': v.union([v.strictObject({ address }), v.strictObject({ id })]),
  'trust.add': v.strictObject({
    certificates: v.pipe(
      v.array(v.strictObject({ certificate: text(16_384), name: text(200) })),
      v.minLength(1),
      v.maxLength(16),
    ),
    vouchesFor,
  }),
  'trust.remove': v.strictObject({ id }),
  'trust.takeList': v.strictObject({ text: trustList, address: v.exactOptional(address), id: v.exactOptional(id) }),
  'trust.removeList': v.strictObject({ id }),
  'recovery.report': nothing,
  'recovery.download': nothing,
} satisfies { readonly [R in OwnRoute]: v.GenericSchema<unknown, OwnRequest<R>> };
