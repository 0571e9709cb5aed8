import type { AuditDraft } from '../../audit/index.ts';
import { SignetError, assertField } from '../../core/index.ts';
import type { Json, Origin } from '../../core/index.ts';
import type { DigitalSettings } from '../../messaging/contract.ts';
import type { OtherWallet } from '../../provider/digital.ts';
import type { PageAnswer, PageRequest } from '../../requests/index.ts';
import { logOutcome } from './log-outcome.ts';
import { openLog } from '../log/open-log.ts';
import type { Services } from '../services.ts';

/** Calls that another wallet could answer, in the browser's own way. */
export const isDigital = ({ method }: Pick<PageRequest, 'method'>): boolean =>
  method === 'digitalGet' || method === 'digitalCreate';

const result = (when: OtherWallet['other_wallet']): Json => ({ other_wallet: when });

/**
 * The answer to a call that is not for Signet, because the person said so before. It depends on nothing else: not on a
 * vault, and not on what is in it.
 * @throws SignetError storage_failed
 */
export async function answerElsewhere(
  { others }: Pick<Services, 'others'>,
  call: Pick<PageRequest, 'method'> & { readonly origin: Origin },
): Promise<Json | undefined> {
  return isDigital(call) && (await others.serves(call.origin)) ? result('now') : undefined;
}

/** The answer to a call that no Signet could answer, and another wallet might. */
export const ELSEWHERE = result('now');

/**
 * The person hands a request to another wallet: no answer of theirs, so it counts towards nothing. The page's call fails,
 * and its next one goes to the browser.
 * @param choice.always from now on, whatever this site asks in this way
 * @throws SignetError not_found when the request has ended; bad_request where no other wallet could answer it
 */
export async function useOtherWallet(
  services: Services,
  { requestId, always }: { readonly requestId: string; readonly always: boolean },
): Promise<void> {
  const request = services.queue.get(requestId);
  if (request?.state.phase !== 'waiting') throw new SignetError('not_found', 'This request has ended.');
  assertField(isDigital(request), 'requestId', 'This request is for Signet alone.');
  if (always) await services.others.add(request.origin);
  services.deliver(await settleElsewhere(services, request));
  services.announce('requests');
}

/** Entry and answer in one transaction where that can be; but a log that cannot be written holds no page up. */
async function settleElsewhere(services: Services, request: PageRequest): Promise<PageRequest> {
  const { queue, keeper } = services;
  const answer: PageAnswer = { ok: true, result: result('next') };
  const draft = elsewhereDraft(request);
  if ((await keeper.state()) === 'unlocked' && (await keeper.open()).readOnly === undefined) {
    const log = await openLog(services);
    const settled = await queue.settle(request.id, answer, ({ write, expected }) =>
      log.transact(async (tx) => {
        await tx.log(draft);
        tx.raw(write);
        tx.expect(expected);
      }),
    );
    services.announce('audit');
    return settled;
  }
  const settled = await queue.settle(request.id, answer);
  await logOutcome(services, draft);
  return settled;
}

const elsewhereDraft = ({ method, origin }: PageRequest): AuditDraft => ({
  kind: method === 'digitalCreate' ? 'offer.elsewhere' : 'proof.elsewhere',
  subject: origin,
});

/** How the Digital Credentials API stands. @throws SignetError storage_failed */
export async function digitalSettings({ others }: Services): Promise<DigitalSettings> {
  const { on, sites } = await others.standing();
  return { on, otherWalletSites: sites };
}

/** Whether calls of the Digital Credentials API come to Signet. @throws SignetError storage_failed */
export async function turnDigital(services: Services, on: boolean): Promise<DigitalSettings> {
  await services.others.turn(on);
  return digitalSettings(services);
}

/** Sites that were to use another wallet come to Signet again. @throws SignetError storage_failed */
export async function forgetOtherWallets(services: Services): Promise<DigitalSettings> {
  await services.others.forgetSites();
  return digitalSettings(services);
}
