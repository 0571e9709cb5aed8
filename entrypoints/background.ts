import { defineBackground } from 'wxt/utils/define-background';
import { NATIVE_HOST } from '../lib/agents/index.ts';
import { SignetError, systemClock } from '../lib/core/index.ts';
import { announce } from '../lib/messaging/index.ts';
import { createOwnRouter } from '../lib/messaging/own-router.ts';
import { PageHub, mountPagePorts } from '../lib/messaging/page-hub.ts';
import {
  ConsentWindow,
  NativePort,
  Notifications,
  OffscreenDocument,
  clearAlarm,
  connectNative,
  createFetchJson,
  createFetchText,
  extensionId,
  extensionOrigin,
  indexedDbBackend,
  localKeyValue,
  mayTalkToPrograms,
  onAlarm,
  onConnect,
  onFirstInstall,
  onMessage,
  onSystemLock,
  openAppTab,
  redirectUri,
  reloadExtension,
  repeatAlarm,
  sessionKeyValue,
  setAlarm,
  showInToolbar,
  startWithBrowser,
  t,
} from '../lib/platform/index.ts';
import { PolicyBook, leastRoleOf } from '../lib/policy/index.ts';
import { PROVER_PORT, ProverClient, againIfLate } from '../lib/prover/index.ts';
import type { ProverJob, ProverResult } from '../lib/prover/index.ts';
import { OtherWallets, QuietList, RequestQueue } from '../lib/requests/index.ts';
import { VaultKeeper, calibratedCost } from '../lib/vault/index.ts';
import {
  AgentDesk,
  ElsewhereDesk,
  IssuanceDesk,
  RequestDesk,
  admitCall,
  askDue,
  closeConsent,
  createOwnHandlers,
  disconnectSite,
  endedDraft,
  forgetLost,
  lockVault,
  logOutcome,
  nextPromiseAt,
  requestArrived,
  sitePermissions,
  takeOverLog,
  walletJournal,
} from '../lib/wallet/index.ts';
import type { Services } from '../lib/wallet/index.ts';

const AUTO_LOCK = 'auto-lock';
const REQUESTS = 'requests';
/** Rings when an issuer that promised something is to be asked for it. */
const PROMISES = 'promises';
/** Rings where a timer died with the worker while the person is asked elsewhere. */
const ELSEWHERE = 'elsewhere';
/** Rings while programs are wanted: the way to them is opened anew where it, or the worker, ended. */
const AGENTS = 'agents';
const HALF_A_MINUTE = 0.5;
const REFRESHED = 'vault.refreshed';

/** How long after a change of the vault its background work begins: milliseconds. */
const TEND_DELAY = 1_000;
const DAY = 24 * 60 * 60_000;
/** How long one look of the prover's at what an issuer sent may take: milliseconds. */
const LOOK_LIMIT = 15_000;

/** The composition root: opens the stores, builds the services, mounts the routes. Every listener in the first turn. */
export default defineBackground({
  main() {
    const clock = systemClock;
    const local = localKeyValue();
    const session = sessionKeyValue();
    const backend = indexedDbBackend();
    const book = new PolicyBook({ leastRole: leastRoleOf });
    const keeper = new VaultKeeper({
      backend,
      local,
      session,
      clock,
      journal: walletJournal(book),
      kdfCost: () => calibratedCost(),
    });
    const after = (milliseconds: number, callback: () => void): (() => void) => {
      const timer = setTimeout(callback, milliseconds);
      return () => clearTimeout(timer);
    };
    const consent = new ConsentWindow();
    const prover = new ProverClient({
      door: new OffscreenDocument(PROVER_PORT),
      after,
    });
    /** What an issuer sent is looked at with patience: it will not be sent again. */
    const lookAt = <K extends 'open' | 'issued'>(job: Extract<ProverJob, { kind: K }>): Promise<ProverResult<K>> =>
      againIfLate(() => prover.run<K>(job, { timeLimit: LOOK_LIMIT }));

    const memory: {
      services?: Promise<Services>;
      tending?: ReturnType<typeof setTimeout>;
    } = {};
    const services = (): Promise<Services> => {
      memory.services ??= build().catch((error: unknown) => {
        delete memory.services; // a full disk may have room again: the next call tries anew
        throw error;
      });
      return memory.services;
    };

    const hub = new PageHub({
      queue: async () => (await services()).queue,
      extensionId: extensionId(),
      clock,
      after: (milliseconds, callback) => void setTimeout(callback, milliseconds),
      handlers: {
        permissions: async (_, { origin }) => sitePermissions(await services(), origin),
        disconnect: async (_, { origin }) => {
          await disconnectSite(await services(), origin);
          return null;
        },
      },
      admit: async (call) => admitCall(await services(), call),
      onWaiting: (request, arrival) =>
        run(async () => {
          try {
            await requestArrived(await services(), request, arrival);
          } finally {
            await requestsChanged();
          }
        }),
      onEnded: (requests) =>
        run(async () => {
          await requestsChanged();
          for (const request of requests) await logOutcome(await services(), endedDraft(request));
        }),
      onFailure: report,
    });

    const agents = new AgentDesk({
      ...{ extensionId: extensionId(), services, local, clock, after },
      openPort: (events) =>
        new NativePort({
          ...{ ...events, after, isGranted: mayTalkToPrograms, connect: () => connectNative(NATIVE_HOST) },
          keepTrying: (isWanted) => (isWanted ? repeatAlarm(AGENTS, HALF_A_MINUTE) : clearAlarm(AGENTS)),
        }),
      reload: reloadExtension,
      resumed: () => openAppTab('#/agents/connect'),
      announce: () => announce('agents'),
      onFailure: report,
    });

    const notifications = new Notifications(() => run(() => consent.show()));

    const elsewhere = new ElsewhereDesk({
      ...{ services, clock, after },
      fetch: globalThis.fetch.bind(globalThis),
      wake: (at) => (at === undefined ? clearAlarm(ELSEWHERE) : setAlarm(ELSEWHERE, at)),
      show: (waiting) =>
        notifications.show(
          waiting.map(({ id, agent }) => ({
            ...{
              id,
              title: t('elsewhere_notification', agent || t('agent_unnamed')),
              message: t('elsewhere_notification_open'),
            },
          })),
        ),
      expire: () => hub.expire(),
      onFailure: report,
    });

    async function build(): Promise<Services> {
      const queue = await RequestQueue.open({ backend, session, clock });
      return {
        keeper,
        queue,
        clock,
        book,
        quiet: new QuietList({ backend, local, clock }),
        others: new OtherWallets({ backend, local }),
        agents,
        elsewhere,
        desk: new RequestDesk(),
        fetchJson: createFetchJson(globalThis.fetch.bind(globalThis)),
        fetchText: createFetchText(globalThis.fetch.bind(globalThis)),
        provers: {
          ranges: async (work) => (await prover.run({ kind: 'range', ...work })).range_proofs,
          bbs: (work) =>
            work.kind === 'bbs' ? prover.run({ ...work, kind: 'bbs' }) : prover.run({ ...work, kind: 'bbs+' }),
        },
        checkBbs: async (credential, key) => (await lookAt({ kind: 'issued', credential, key })).genuine,
        checkOpenings: async (checks) => (await lookAt({ kind: 'open', checks })).opens,
        languages: navigator.languages,
        issuance: new IssuanceDesk(clock, () => announce('requests')),
        redirectUri: redirectUri(),
        promisesChanged,
        showConsent: () => consent.show(),
        isConsentOpen: () => consent.isOpen(),
        deliver: (request) => {
          hub.push(request);
          agents.settled();
        },
        awaitRefusals: () => hub.awaitRefusals(),
        vaultChanged,
        announce: (changed) => {
          if (changed === 'requests') run(requestsChanged);
          else announce(changed);
        },
      };
    }

    /** Issuers are asked for what they promised while the vault is open, whoever opened it; else nothing can be sealed. */
    async function promisesChanged(): Promise<void> {
      const next = await nextPromiseAt(await services());
      if (next === undefined) await clearAlarm(PROMISES);
      else await setAlarm(PROMISES, Math.max(next, clock() + TEND_DELAY));
    }

    async function askForPromises(): Promise<void> {
      await askDue(await services()).catch(unlessLocked);
      await promisesChanged();
    }

    /** A window that showed a request and is gone was closed. */
    async function closeIfGone(): Promise<void> {
      if (!(await consent.isOpen())) await closeConsent(await services());
    }

    async function vaultChanged(): Promise<void> {
      (await services()).desk.forget();
      const deadline = await keeper.deadline();
      if (deadline === undefined) {
        prover.close();
        (await services()).issuance.forget();
        await clearAlarm(AUTO_LOCK);
        await clearAlarm(PROMISES);
      } else await setAlarm(AUTO_LOCK, deadline);
      await refreshToolbar().catch(report); // an icon that cannot be drawn undoes nothing
      await agents.vaultChanged().catch(report); // nor does a program that cannot be reached
      announce('status');
      if (deadline === undefined) await session.remove(REFRESHED);
      run(considerAgain);
      tendSoon();
    }

    /** What waits may be answered or refused without the person now. */
    async function considerAgain(): Promise<void> {
      const { desk, quiet } = await services();
      if ((await keeper.state()) === 'none') await quiet.forget();
      await desk.considerAll(await services());
      await requestsChanged();
    }

    /** In a moment, so that nothing waits for it: finishes what was begun, and moves the vault's rows when that is due. */
    function tendSoon(): void {
      memory.tending ??= setTimeout(() => {
        delete memory.tending;
        run(() => tend().catch(unlessLocked));
      }, TEND_DELAY);
    }

    async function tend(): Promise<void> {
      await keeper.finish();
      if ((await keeper.deadline()) !== undefined) {
        await takeOverLog(await services());
        await forgetLost(await services());
      }
      await (await services()).desk.considerAll(await services());
      await askForPromises();
      if (await keeper.countRows()) announce('status');
      if ((await keeper.deadline()) === undefined || !(await isRefreshDue())) return;
      await session.set(REFRESHED, clock());
      await keeper.refresh();
    }

    /** After each unlock, and daily while the vault stays open. */
    async function isRefreshDue(): Promise<boolean> {
      const last = await session.get(REFRESHED);
      return typeof last !== 'number' || clock() - last >= DAY;
    }

    async function requestsChanged(): Promise<void> {
      announce('requests');
      agents.settled();
      elsewhere.changed();
      const { queue } = await services();
      const deadline = queue.nextDeadline();
      if (deadline === undefined) await clearAlarm(REQUESTS);
      else await setAlarm(REQUESTS, deadline);
      await refreshToolbar().catch(report); // an icon that cannot be drawn undoes nothing
    }

    async function refreshToolbar(): Promise<void> {
      const { queue } = await services();
      await showInToolbar({ open: (await keeper.state()) === 'unlocked', waiting: queue.list().length });
    }

    async function lockIfDue(): Promise<void> {
      if ((await keeper.deadline()) === undefined) await lockVault(await services(), 'timeout');
      else await vaultChanged(); // the alarm rang for a deadline that was put off meanwhile
    }

    onMessage(createOwnRouter(createOwnHandlers(services), extensionOrigin()));
    mountPagePorts(onConnect(), hub);
    onAlarm((name) => {
      if (name === AUTO_LOCK) run(lockIfDue);
      if (name === REQUESTS) run(() => hub.expire());
      if (name === ELSEWHERE) elsewhere.changed();
      if (name === PROMISES) run(askForPromises);
      if (name === AGENTS) run(() => agents.changed());
    });
    onSystemLock(() => run(async () => lockVault(await services(), 'system')));
    consent.onSomeWindowClosed(() => run(closeIfGone));
    onFirstInstall(() => run(() => openAppTab()));
    startWithBrowser();
    hub.resume();
    run(() => agents.start());
    elsewhere.changed();
    tendSoon(); // a worker may have died over something
  },
});

function run(task: () => Promise<unknown>): void {
  task().catch(report);
}

/** A lock ends what runs in the background: that is no failure. */
function unlessLocked(thrown: unknown): void {
  if (SignetError.from(thrown).reason !== 'locked') throw thrown;
}

/** What failed with nobody to tell: for a developer's eyes, never with a secret in it (see SignetError). */
function report(thrown: unknown): void {
  const { reason, message } = SignetError.from(thrown);
  console.error(`Signet: ${reason}: ${message}`); // eslint-disable-line no-console -- the worker has no other place
}
