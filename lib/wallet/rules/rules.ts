import { sha256 } from '@noble/hashes/sha2.js';
import type { AuditDraft, LoggedTx } from '../../audit/index.ts';
import { SignetError, toBase64url, utf8 } from '../../core/index.ts';
import { claimKey, claimLabel, listCredentials } from '../../credentials/index.ts';
import type {
  AnalysisNote,
  OwnRequest,
  OwnResponse,
  PolicyDiff,
  RuleView,
  SimulationView,
} from '../../messaging/contract.ts';
import type { Explanation, PolicyRequest, PolicySet, Rule } from '../../policy/index.ts';
import {
  DEFAULT_LEAST_ROLES,
  analyse,
  assertImportable,
  countSetAside,
  diffPolicies,
  explain,
  leastRoleOf,
  loadStanding,
  readExport,
  readPolicySet,
  readRule,
  signedExport,
  simulate,
  toCedar,
  usedUpRules,
  usesOf,
} from '../../policy/index.ts';
import type { VaultReader } from '../../vault/index.ts';
import { openLog } from '../log/open-log.ts';
import { policyChanged } from './policy-changed.ts';
import { withRule, withoutRules } from '../judging/rule-making.ts';
import type { Services } from '../services.ts';

/** The rules in force, with what was made of them. @throws SignetError `locked`, `vault_damaged` */
export async function viewPolicy(services: Services): Promise<OwnResponse<'policy.get'>> {
  const vault = await services.keeper.open();
  const { version, hash, set } = await services.book.current(vault);
  const usedUp = await usedUpRules(vault, set);
  const rules: RuleView[] = [];
  for (const rule of set.rules) {
    const { uses, lastUsedAt } = await usesOf(vault, rule.id);
    const isOver = rule.until !== undefined && rule.until <= services.clock();
    rules.push({
      rule,
      uses,
      ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
      ended: isOver || usedUp.has(rule.id),
    });
  }
  return { version, hash, set, rules, defaults: await defaultRoles(vault), setAside: await countSetAside(vault) };
}

/** The catalogue's, and those of the credentials that the vault holds. */
async function defaultRoles(reader: VaultReader): Promise<OwnResponse<'policy.get'>['defaults']> {
  const defaults = new Map(DEFAULT_LEAST_ROLES.map((one) => [one.claim, one]));
  for (const { claims } of await listCredentials(reader)) {
    for (const { path, tier } of claims) {
      const claim = claimKey(path);
      if (!defaults.has(claim))
        defaults.set(claim, { claim, label: claimLabel(path), least: leastRoleOf(claim, tier) });
    }
  }
  return [...defaults.values()];
}

/**
 * Makes a rule, or changes the one of its id. What a new one does not say of itself is filled in.
 * @throws SignetError bad_request naming the field: what is no rule, or a locked one without `unlock`
 */
export async function saveRule(
  services: Services,
  { rule: sent, unlock = false }: OwnRequest<'policy.saveRule'>,
): Promise<{ id: string }> {
  const at = services.clock();
  const made = { at, by: 'person' };
  const rule = readRule({ id: crypto.randomUUID(), when: [], locked: false, made, ...sent });
  await changeRules(services, ruleDraft('rule.saved', rule), (set) => withRule(set, sameOrigin(set, rule)), {
    at,
    ...(unlock ? { unlock: [rule.id] } : {}),
  });
  return { id: rule.id };
}

/** A rule that is changed was made when it was made. */
function sameOrigin(set: PolicySet, rule: Rule): Rule {
  const before = set.rules.find(({ id }) => id === rule.id);
  return before === undefined ? rule : { ...rule, made: before.made };
}

const ruleDraft = (kind: 'rule.saved' | 'rule.deleted', { id, subject, claims }: Rule): AuditDraft => ({
  kind,
  subject: 'site' in subject ? subject.site : 'agent' in subject ? subject.agent : '',
  claims: claims === '*' ? [] : claims,
  rules: [id],
});

/** @throws SignetError `not_found`; `bad_request` for a locked one without `unlock` */
export async function deleteRule(
  services: Services,
  { id, unlock = false }: OwnRequest<'policy.deleteRule'>,
): Promise<void> {
  const { set } = await services.book.current(await services.keeper.open());
  const rule = set.rules.find((one) => one.id === id);
  if (rule === undefined) throw new SignetError('not_found', 'There is no such rule any more.');
  await changeRules(services, ruleDraft('rule.deleted', rule), (now) => withoutRules(now, new Set([id])), {
    at: services.clock(),
    ...(unlock ? { unlock: [id] } : {}),
  });
}

/** Roles of subjects, and least roles of claims, each as a whole; what is not given stays. */
export async function setRoles(
  services: Services,
  { roles, claimRoles }: OwnRequest<'policy.setRoles'>,
): Promise<void> {
  const change = (set: PolicySet): PolicySet =>
    readPolicySet({
      ...set,
      ...(roles === undefined ? {} : { roles }),
      ...(claimRoles === undefined ? {} : { claim_roles: claimRoles }),
    });
  await changeRules(services, { kind: 'policy.roles_changed' }, change, { at: services.clock() });
}

type SaveOptions = Parameters<Services['book']['save']>[2];

async function changeRules(
  services: Services,
  draft: AuditDraft,
  change: (set: PolicySet) => PolicySet,
  options: SaveOptions,
): Promise<void> {
  await writePolicy(services, draft, async (tx) => {
    await services.book.save(tx, change, options);
  });
}

async function writePolicy(
  services: Services,
  draft: AuditDraft,
  write: (tx: LoggedTx) => Promise<void>,
): Promise<void> {
  const log = await openLog(services);
  await log.transact(async (tx) => {
    await write(tx);
    await tx.log(draft);
  });
  await policyChanged(services);
}

/** What a rule would have made of the last decisions. Nothing is saved. @throws SignetError bad_request naming the field */
export async function simulateRule(
  services: Services,
  { rule: sent, last }: OwnRequest<'policy.simulate'>,
): Promise<SimulationView> {
  const vault = await services.keeper.open();
  const { set } = await services.book.current(vault);
  const made = { at: services.clock(), by: 'person' };
  const rule = readRule({ id: crypto.randomUUID(), when: [], locked: false, made, ...sent });
  return simulate(vault, { rule, set, last, leastRole: leastRoleOf });
}

/** What the person may want to tidy up. */
export async function analyseRules(services: Services): Promise<{ notes: readonly AnalysisNote[] }> {
  const vault = await services.keeper.open();
  const { set } = await services.book.current(vault);
  return { notes: analyse(set, { now: services.clock(), usedUp: await usedUpRules(vault, set) }) };
}

/** Versions that can be brought back, newest first. */
export async function listVersions({ keeper, book }: Services): Promise<OwnResponse<'policy.versions'>> {
  return { versions: await book.versions(await keeper.open()) };
}

/** What the later of two versions changed. @throws SignetError not_found */
export async function compareVersions(
  { keeper, book }: Services,
  { from, to }: OwnRequest<'policy.diff'>,
): Promise<PolicyDiff> {
  const vault = await keeper.open();
  return diffPolicies((await book.at(vault, from)).set, (await book.at(vault, to)).set);
}

/** Makes an earlier version the newest; locked rules stay. @throws SignetError not_found */
export async function bringBack(services: Services, version: number): Promise<{ version: number }> {
  let newest = version;
  await writePolicy(services, { kind: 'policy.brought_back', subject: String(version) }, async (tx) => {
    ({ version: newest } = await services.book.bringBack(tx, version, { at: services.clock() }));
  });
  return { version: newest };
}

/** The rules as they leave: signed JSON, or Cedar's text. It is logged. */
export async function exportPolicy(
  services: Services,
  form: 'json' | 'cedar',
): Promise<{ text: string; name: string }> {
  const log = await openLog(services);
  const { set, version } = await services.book.current(log.vault);
  const text = form === 'json' ? signedExport(log.vault.keys.identity, set) : toCedar(set);
  if (log.vault.readOnly === undefined) {
    await log.transact((tx) => tx.log({ kind: 'policy.exported', subject: form }));
    services.announce('audit');
  }
  return { text, name: `signet-rules-${version}.${form}` };
}

/**
 * What an exported set would change; with the digest of that, changes it.
 * @throws SignetError `bad_request` naming the field, a locked rule that would be loosened too; `changed` when it would
 *   change something else by now
 */
export async function importPolicy(
  services: Services,
  { text, digest }: OwnRequest<'policy.import'>,
): Promise<OwnResponse<'policy.import'>> {
  const vault = await services.keeper.open();
  const { set, hash } = await services.book.current(vault);
  const { set: imported, signedBy } = readExport(text, vault.keys.identity);
  assertImportable(set, imported);
  const looked = { digest: toBase64url(sha256(utf8(`${hash}\n${text}`))), diff: diffPolicies(set, imported), signedBy };
  if (digest === undefined) return { ...looked, applied: false };
  if (digest !== looked.digest) throw outdated();
  await writePolicy(services, { kind: 'policy.imported', subject: signedBy }, async (tx) => {
    if ((await services.book.current(tx)).hash !== hash) throw outdated();
    await services.book.importSet(tx, imported, { at: services.clock() });
  });
  return { ...looked, applied: true };
}

const outdated = (): SignetError => new SignetError('changed', 'Your rules have changed meanwhile. Please look again.');

/** What the rules in force make of a request that nobody made. Nothing is counted or logged. */
export async function explainRequest(services: Services, request: PolicyRequest): Promise<Explanation> {
  const vault = await services.keeper.open();
  const { compiled } = await services.book.current(vault);
  const { subject, resource } = request;
  const standing = await loadStanding(vault, { policy: compiled, subject: subject.id, now: services.clock() });
  return explain(compiled, request, standing.of(resource.id), { askable: subject.type === 'site' });
}
