import { signetId } from '../../vault/index.ts';
import type { LockReason, Mark } from '../../vault/index.ts';
import type { Opener, RecoveryReport, Settings, WalletStatus } from '../../messaging/contract.ts';
import { withOpener } from './opener.ts';
import type { LifeServices, Services } from '../services.ts';
import { turnDecoys } from './storage-view.ts';

/** What our pages need to know before they can show anything. */
export async function walletStatus({ keeper, queue }: Services): Promise<Omit<WalletStatus, 'backupDue'>> {
  const vault = await keeper.state();
  const mark = await keeper.mark();
  const retryAt = vault === 'locked' ? await keeper.retryAt() : undefined;
  const open = vault === 'unlocked' ? await keeper.open() : undefined;
  return {
    vault,
    ...(mark === undefined ? {} : { mark }),
    phraseUnconfirmed: open !== undefined && (await keeper.phraseUnconfirmed()),
    waiting: queue.list().length,
    ...(retryAt === undefined ? {} : { retryAt }),
    ...(open === undefined ? {} : { signetId: signetId(open.keys.identity) }),
    passkeys: await keeper.passkeyHandles(),
    ...(open?.readOnly === undefined ? {} : { readOnly: open.readOnly }),
    rowsDiffer: open !== undefined && (await keeper.rowsDiffer()),
  };
}

/** Makes a vault and opens it. @returns the 24 words, for the app to show once @throws SignetError vault_exists */
export async function createVault(services: LifeServices, input: { password: string; mark: Mark }) {
  const { words } = await services.keeper.create(input);
  await services.vaultChanged();
  return { words };
}

/** Brings a vault's keys back from its words, on an empty profile or after an explicit erase of the one there. */
export async function restoreVault(
  services: Services,
  input: { phrase: string; password: string; mark: Mark; eraseExisting: boolean },
): Promise<void> {
  await services.keeper.restore(input);
  await services.vaultChanged();
}

/** "Forgot password": the words of this vault and a new password. Tier 2 is gone after it (design §4). */
export async function resetPassword(services: Services, input: { phrase: string; password: string }): Promise<void> {
  await services.keeper.resetPassword(input);
  await services.vaultChanged();
}

/** A new password, by the one before or by a passkey. @throws SignetError `wrong_password`, `wait`, `bad_request` */
export async function changePassword(services: Services, input: { current: Opener; next: string }): Promise<void> {
  await withOpener(input.current, (current) => services.keeper.changePassword({ current, next: input.next }));
  services.announce('audit');
}

/** @throws SignetError wrong_password; wait while too many wrong ones were tried */
export async function unlockVault(services: LifeServices, opener: Opener): Promise<void> {
  try {
    await withOpener(opener, (known) => services.keeper.unlock(known));
  } finally {
    await services.vaultChanged();
  }
}

export async function lockVault(services: LifeServices, reason: LockReason): Promise<void> {
  await services.keeper.lock(reason);
  await services.vaultChanged();
}

/** Deletes the vault: its wrapped keys first, so that nothing opens from that moment on. */
export async function eraseVault(services: Services): Promise<void> {
  await services.keeper.erase();
  await services.vaultChanged();
}

/** The 24 words, for the app to show. @throws SignetError `wrong_password`, `wait`, `locked` */
export const revealPhrase = ({ keeper }: Services, opener: Opener): Promise<{ words: string[] }> =>
  withOpener(opener, (known) => keeper.revealPhrase(known));

/** The person gave words of the phrase back: the reminder goes, on every screen. @throws SignetError locked */
export async function confirmPhrase(services: Services): Promise<void> {
  await services.keeper.confirmPhrase();
  await services.vaultChanged();
}

/** @throws SignetError locked */
export async function readSettings({ keeper }: Services): Promise<Settings> {
  const { autoLockMinutes } = await keeper.settings();
  return { autoLockMinutes, decoys: await (await keeper.open()).decoys() };
}

/** @throws SignetError `locked`, `bad_request`, `read_only` */
export async function changeSettings(services: Services, settings: Settings): Promise<Settings> {
  const { autoLockMinutes, decoys } = await readSettings(services);
  if (settings.autoLockMinutes !== autoLockMinutes) await services.keeper.setAutoLockMinutes(settings.autoLockMinutes);
  if (settings.decoys !== decoys) await turnDecoys(services, settings.decoys);
  await services.vaultChanged();
  return settings;
}

/** The person did something in a window of ours: the vault stays open a while longer. */
export async function keepOpen(services: Services): Promise<void> {
  await services.keeper.touch();
  await services.vaultChanged();
}

/** What a damaged vault still holds. Nothing here writes. */
export const reportDamage = ({ keeper }: Services): Promise<RecoveryReport> => keeper.recoveryReport();

/** Every stored row as JSON, sealed as it stands, for safe keeping. */
export const saveRawRows = async ({ keeper }: Services): Promise<{ json: string }> => ({
  json: await keeper.rawRows(),
});
