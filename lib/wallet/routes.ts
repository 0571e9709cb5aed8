import type { OwnHandlers } from '../messaging/own-router.ts';
import { allowAgentCall } from './agents/asked-call.ts';
import {
  cancelPairing,
  confirmPairing,
  limitAgent,
  listAgents,
  pairingState,
  pauseAgent,
  renameAgent,
  resumeAgent,
  revokeAgent,
  startPairing,
  stopAgents,
} from './agents/principals.ts';
import { reloadForAgents } from './agents/reload.ts';
import { acceptAuthority, continueAuthority } from './spending/accept-authority.ts';
import { distrustAuthority, giveUpOffer, listAuthorities } from './spending/authorities.ts';
import { BackupDesk } from './life/backup.ts';
import { forgetCapability, listCapabilities, revokeCapability } from './spending/capabilities.ts';
import { rotateElsewhere, setElsewhere, viewElsewhere } from './elsewhere/settings.ts';
import { eraseCompartment, listCompartments } from './holding/compartments.ts';
import { LogChecks } from './log/check-log.ts';
import { checkStatus } from './holding/check-status.ts';
import { deleteCredential, viewCredentials } from './holding/keep.ts';
import { changeLimits, getLimits } from './spending/limits.ts';
import { moveVault } from './life/move.ts';
import { denyForever, denyRequest, denySite } from './asking/deny.ts';
import { digitalSettings, forgetOtherWallets, turnDigital, useOtherWallet } from './asking/other-wallet.ts';
import { dismiss, listSuggestions } from './rules/patterns.ts';
import { lookAtLink, openLink } from './links/open-link.ts';
import { Outbox } from './links/outbox.ts';
import { allowProof, narrowProof } from './proving/prove.ts';
import { askNow, stopPromise, viewPromises } from './receiving/promises.ts';
import { acceptOffer, continueOffer } from './receiving/receive.ts';
import { renewCopies } from './receiving/renew-copies.ts';
import { askToOpen, deleteAttribute, listAttributes, openRecord, saveAttribute } from './holding/remember.ts';
import { exportEntry, exportLog, pruneLog, reviewActivity } from './log/review.ts';
import {
  analyseRules,
  bringBack,
  compareVersions,
  deleteRule,
  explainRequest,
  exportPolicy,
  importPolicy,
  listVersions,
  saveRule,
  setRoles,
  simulateRule,
  viewPolicy,
} from './rules/rules.ts';
import type { Services } from './services.ts';
import { beginSignIn, finishSignIn } from './receiving/sign-in.ts';
import { allowCapability } from './spending/spend.ts';
import { listSites, revokeSite, setRole, unmuteSite } from './rules/sites.ts';
import { describeCredential } from './receiving/describe-type.ts';
import { addAnchors, listTrust, removeAnchor, removeList, takeList } from './trust/trusted-issuers.ts';
import { fetchList, reviewFile } from './trust/review-trust.ts';
import { RowChecks, cleanRows, listRows, locateRecord } from './life/storage-view.ts';
import { addPasskey, listPasskeys, preparePasskey, removePasskey } from './life/passkeys.ts';
import {
  changePassword,
  changeSettings,
  confirmPhrase,
  createVault,
  eraseVault,
  keepOpen,
  lockVault,
  readSettings,
  reportDamage,
  resetPassword,
  restoreVault,
  revealPhrase,
  saveRawRows,
  unlockVault,
  walletStatus,
} from './life/unlock.ts';
import { tellDenial } from './links/tell-denial.ts';
import { continueProof } from './proving/verifier.ts';
import { listWaiting } from './asking/wait.ts';

type Story = (services: Services) => Promise<void>;

/**
 * The stories of the wallet under the names our own pages call them by.
 * @param services asked for with each call: listeners are there before the stores are open
 */
export function createOwnHandlers(services: () => Promise<Services>): OwnHandlers {
  const done = async (story: Story): Promise<Record<string, never>> => {
    await story(await services());
    return {};
  };
  const checks = new RowChecks();
  const logChecks = new LogChecks();
  const backups = new BackupDesk();
  const outbox = new Outbox();
  return {
    'wallet.status': async () => {
      const s = await services();
      return { ...(await walletStatus(s)), backupDue: await backups.isDue(s) };
    },
    'wallet.create': async (input) => createVault(await services(), input),
    'wallet.restore': (input) => done((s) => restoreVault(s, input)),
    'wallet.resetPassword': (input) => done((s) => resetPassword(s, input)),
    'wallet.changePassword': (input) => done((s) => changePassword(s, input)),
    'wallet.unlock': (opener) => done((s) => unlockVault(s, opener)),
    'wallet.lock': () => done((s) => lockVault(s, 'person')),
    'wallet.revealPhrase': async (opener) => revealPhrase(await services(), opener),
    'wallet.confirmPhrase': () => done(confirmPhrase),
    'wallet.erase': () => done(eraseVault),
    'wallet.touch': () => done(keepOpen),
    'wallet.move': async (order) => moveVault(await services(), order),
    'passkeys.list': async () => ({ passkeys: await listPasskeys(await services()) }),
    'passkeys.prepare': async () => preparePasskey(await services()),
    'passkeys.add': async (input) => ({ passkeys: await addPasskey(await services(), input) }),
    'passkeys.remove': async ({ id }) => ({ passkeys: await removePasskey(await services(), id) }),
    'compartments.list': async () => ({ compartments: await listCompartments(await services()) }),
    'compartments.erase': ({ name }) => done((s) => eraseCompartment(s, name)),
    'settings.get': async () => readSettings(await services()),
    'settings.set': async (settings) => changeSettings(await services(), settings),
    'elsewhere.get': async () => viewElsewhere(await services()),
    'elsewhere.set': async (order) => setElsewhere(await services(), order),
    'elsewhere.rotate': async (order) => rotateElsewhere(await services(), order),
    'elsewhere.test': async () => ({ outcome: await (await services()).elsewhere.test() }),
    'digital.get': async () => digitalSettings(await services()),
    'digital.turn': async ({ on }) => turnDigital(await services(), on),
    'digital.forgetSites': async () => forgetOtherWallets(await services()),
    'attributes.list': async () => listAttributes(await services()),
    'attributes.save': async (input) => saveAttribute(await services(), input),
    'attributes.open': ({ id }) => done((s) => askToOpen(s, id)),
    'attributes.delete': ({ id }) => done((s) => deleteAttribute(s, id)),
    'credentials.list': async () => ({ credentials: await viewCredentials(await services()) }),
    'credentials.delete': (order) => done((s) => deleteCredential(s, order)),
    'credentials.renew': async (order) => renewCopies(await services(), order),
    'issuance.list': async () => ({ promised: await viewPromises(await services()) }),
    'issuance.ask': async (order) => askNow(await services(), order),
    'issuance.stop': ({ id }) => done((s) => stopPromise(s, id)),
    'credentials.checkStatus': async ({ id }) => checkStatus(await services(), id),
    'credentials.describe': ({ id }) => done((s) => describeCredential(s, id)),
    'audit.list': async (page) => reviewActivity(await services(), page),
    'audit.verify': async ({ id }) => logChecks.advance(await services(), id),
    'audit.export': async (range) => exportLog(await services(), range),
    'audit.exportEntry': async ({ seq }) => exportEntry(await services(), seq),
    'audit.prune': ({ before }) => done((s) => pruneLog(s, before)),
    'storage.rows': async (page) => listRows(await services(), page),
    'storage.locate': async (name) => locateRecord(await services(), name),
    'storage.check': async ({ id }) => checks.next(await services(), id),
    'storage.clean': async () => cleanRows(await services()),
    'backup.make': async (order) => backups.make(await services(), order),
    'backup.chunk': async (piece) => backups.chunk(await services(), piece),
    'backup.saved': ({ id }) => done((s) => backups.saved(s, id)),
    'restore.begin': async (file) => backups.begin(await services(), file),
    'restore.chunk': async (piece) => {
      backups.take(await services(), piece);
      return {};
    },
    'restore.rehearse': async (file) => backups.rehearse(await services(), file),
    'restore.commit': async (order) => backups.commit(await services(), order),
    'links.look': ({ link }) => lookAtLink(link),
    'links.open': ({ link }) => done((s) => openLink(s, link)),
    'requests.list': async () => ({ waiting: await listWaiting(await services(), outbox) }),
    'requests.shown': ({ requestId }) => done((s) => s.queue.noteSeen(requestId)),
    'requests.show': () => done((s) => s.showConsent()),
    'requests.deny': ({ requestId, never, tell }) =>
      done(async (s) => {
        if (tell === true) await tellDenial(s, requestId);
        await (never === undefined ? denyRequest(s, requestId) : denyForever(s, requestId, never));
      }),
    'requests.denySite': async ({ requestId }) => denySite(await services(), requestId),
    'requests.continueProof': ({ requestId }) => done((s) => continueProof(s, requestId)),
    'requests.otherWallet': (choice) => done((s) => useOtherWallet(s, choice)),
    'requests.narrow': async (narrowing) => ({ plans: await narrowProof(await services(), narrowing) }),
    'requests.allowProof': (consent) =>
      done(async (s) => {
        await allowProof(s, consent);
        await outbox.send(s, consent.requestId);
      }),
    'requests.sendAgain': ({ requestId }) => done((s) => outbox.sendAgain(s, requestId)),
    'requests.openRecord': async (opened) => openRecord(await services(), opened),
    'requests.continueOffer': ({ requestId }) => done((s) => continueOffer(s, requestId)),
    'requests.signIn': async (wanted) => beginSignIn(await services(), wanted),
    'requests.signedIn': (back) => done((s) => finishSignIn(s, back)),
    'requests.acceptOffer': async (accepted) => acceptOffer(await services(), accepted),
    'requests.allowCapability': (consent) => done((s) => allowCapability(s, consent)),
    'requests.allowAgentCall': (consent) => done((s) => allowAgentCall(s, consent)),
    'agents.list': async () => listAgents(await services()),
    'agents.pairing.start': async () => startPairing(await services()),
    'agents.pairing.state': async () => pairingState(await services()),
    'agents.pairing.confirm': async (order) => confirmPairing(await services(), order),
    'agents.pairing.cancel': () => done(cancelPairing),
    'agents.reload': async ({ lose }) => reloadForAgents(await services(), lose),
    'agents.rename': (order) => done((s) => renameAgent(s, order)),
    'agents.limit': (order) => done((s) => limitAgent(s, order)),
    'agents.pause': ({ id }) => done((s) => pauseAgent(s, id)),
    'agents.resume': ({ id }) => done((s) => resumeAgent(s, id)),
    'agents.revoke': ({ id }) => done((s) => revokeAgent(s, id)),
    'agents.stopAll': () => done((s) => stopAgents(s, true)),
    'agents.startAll': () => done((s) => stopAgents(s, false)),
    'requests.continueAuthority': ({ requestId }) => done((s) => continueAuthority(s, requestId)),
    'requests.acceptAuthority': (accepted) => done((s) => acceptAuthority(s, accepted)),
    'capabilities.list': async () => ({ capabilities: await listCapabilities(await services()) }),
    'capabilities.revoke': async ({ id }) => revokeCapability(await services(), id),
    'capabilities.forget': ({ id }) => done((s) => forgetCapability(s, id)),
    'limits.get': async () => ({ limits: await getLimits(await services()) }),
    'limits.save': async ({ limits }) => ({ limits: await changeLimits(await services(), limits) }),
    'authorities.list': async () => listAuthorities(await services()),
    'authorities.giveUp': ({ id }) => done((s) => giveUpOffer(s, id)),
    'authorities.distrust': ({ authority }) => done((s) => distrustAuthority(s, authority)),
    'policy.get': async () => viewPolicy(await services()),
    'policy.saveRule': async (order) => saveRule(await services(), order),
    'policy.deleteRule': (order) => done((s) => deleteRule(s, order)),
    'policy.setRoles': (order) => done((s) => setRoles(s, order)),
    'policy.simulate': async (order) => simulateRule(await services(), order),
    'policy.analyse': async () => analyseRules(await services()),
    'policy.versions': async () => listVersions(await services()),
    'policy.diff': async (versions) => compareVersions(await services(), versions),
    'policy.bringBack': async ({ version }) => bringBack(await services(), version),
    'policy.export': async ({ form }) => exportPolicy(await services(), form),
    'policy.import': async (order) => importPolicy(await services(), order),
    'policy.explain': async ({ request }) => explainRequest(await services(), request),
    'sites.list': async () => ({ sites: await listSites(await services()) }),
    'sites.setRole': (order) => done((s) => setRole(s, order)),
    'sites.revoke': ({ subject }) => done((s) => revokeSite(s, subject)),
    'sites.unmute': ({ subject }) => done((s) => unmuteSite(s, subject)),
    'patterns.list': async () => ({ suggestions: await listSuggestions(await services()) }),
    'patterns.dismiss': ({ id }) => done((s) => dismiss(s, id)),
    'trust.list': async () => listTrust(await services()),
    'trust.review': async ({ file }) => reviewFile(await services(), file),
    'trust.fetch': async (from) => fetchList(await services(), from),
    'trust.add': (order) => done((s) => addAnchors(s, order)),
    'trust.remove': ({ id }) => done((s) => removeAnchor(s, id)),
    'trust.takeList': (order) => done((s) => takeList(s, order)),
    'trust.removeList': ({ id }) => done((s) => removeList(s, id)),
    'recovery.report': async () => reportDamage(await services()),
    'recovery.download': async () => saveRawRows(await services()),
  };
}
