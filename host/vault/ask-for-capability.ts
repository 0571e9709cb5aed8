import type { Json, Origin } from '../../lib/core/index.ts';
import { SignetError } from '../../lib/core/index.ts';
import type { CapabilityWaiting } from '../../lib/messaging/contract.ts';
import type { CapabilityResponse, CapabilitySpec } from '../../lib/provider/types.ts';
import type { PageRequest } from '../../lib/requests/index.ts';
import type { SpendingServices } from '../../lib/wallet/index.ts';
import {
  admitCapability,
  allowCapability,
  considerCapability,
  denyOwn,
  viewCapability,
} from '../../lib/wallet/index.ts';
import { capabilityLines } from './capability-lines.ts';
import type { CommandVault } from './command-vault.ts';
import type { Terminal } from './terminal.ts';

/** What became of a call for a token. `refusal`: why there is none, in a sentence. */
export type CapabilityOutcome =
  | { readonly given: CapabilityResponse; readonly refusal?: undefined }
  | { readonly given?: undefined; readonly refusal: string };

const REFUSED = 'Not given: a rule or a limit of yours says no.';
const NOBODY = 'Not given: no rule of yours permits it, and there is no terminal to ask you on.';
const DENIED = 'Not given.';

/**
 * Asks for a token as a site would: the rules and limits are looked at first, what they leave open is for the person at the
 * terminal. Logged, whatever comes of it. Of an open vault.
 * @throws SignetError `bad_request` naming the field; `wrong_password`, `wait`; what the vault throws
 */
export async function askForCapability(
  vault: CommandVault,
  origin: Origin,
  spec: CapabilitySpec,
): Promise<CapabilityOutcome> {
  const params = spec as unknown as Json; // rebuilt from its schema, which is JSON
  admitCapability(origin, params);
  const services = await vault.spending();
  const active = vault.terminal !== undefined;
  const request = await services.queue.submitOwn({ method: 'requestCapability', params, origin, active });
  try {
    const outcome = await considerCapability(services, request);
    if (outcome === 'refused') return { refusal: REFUSED };
    if (outcome === 'answered') return { given: responseIn(services, request) };
    if (vault.terminal === undefined) {
      await denyOwn(services, request);
      return { refusal: NOBODY };
    }
    return await askPerson(vault, vault.terminal, { services, request });
  } finally {
    await services.queue.endOwn(request.id);
  }
}

interface Asked {
  readonly services: SpendingServices;
  readonly request: PageRequest;
}

/** What is shown is what is signed: the yes names its digest. Anybody could type the yes; the password only one. */
async function askPerson(vault: CommandVault, terminal: Terminal, asked: Asked): Promise<CapabilityOutcome> {
  const { services, request } = asked;
  const { purpose, terms, state } = await viewCapability(services, request);
  if (state.step !== 'ready') throw new SignetError('internal', stepWords(state));
  const { plan } = state;
  terminal.say(capabilityLines({ origin: request.origin, purpose, terms, plan }));
  if (!(await saysYes(vault, terminal, asked))) return { refusal: DENIED };
  await allowCapability(services, { requestId: request.id, digest: plan.digest });
  return { given: responseIn(services, request) };
}

/** Whatever is no yes is a no, and logged as one. */
async function saysYes(vault: CommandVault, terminal: Terminal, { services, request }: Asked): Promise<boolean> {
  try {
    if (await terminal.confirms('Allow it?')) {
      await vault.showPerson();
      return true;
    }
  } catch (error) {
    await denyOwn(services, request);
    throw error;
  }
  await denyOwn(services, request);
  return false;
}

const stepWords = (state: CapabilityWaiting['state']): string =>
  state.step === 'failed' ? state.message : 'The vault was locked meanwhile. Nothing was given.';

function responseIn({ queue }: SpendingServices, { id }: PageRequest): CapabilityResponse {
  const state = queue.get(id)?.state;
  if (state?.phase !== 'answered' || !state.answer.ok) throw new SignetError('internal', 'There is no answer.');
  return state.answer.result as unknown as CapabilityResponse; // `allowCapability` and `spendByRule` answer with one
}
