import { Attributes, forgetLostAttributes } from '../../attributes/index.ts';
import type { AttributeInput, OpenedAttribute } from '../../attributes/index.ts';
import type { Json } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import type { AttributeView, Opener, OpenWaiting, OwnResponse } from '../../messaging/contract.ts';
import type { PageRequest } from '../../requests/index.ts';
import type { CompartmentName } from '../../vault/index.ts';
import { openLog } from '../log/open-log.ts';
import { withOpener } from '../life/opener.ts';
import type { Services, VaultServices } from '../services.ts';

const attributesOf = async (services: VaultServices): Promise<Attributes> =>
  new Attributes(await openLog(services), { clock: services.clock });

/** What the person stored about themselves, as far as it can be read. @throws SignetError `locked`, `vault_damaged` */
export async function listAttributes(services: VaultServices): Promise<OwnResponse<'attributes.list'>> {
  const { attributes, unreadable } = await (await attributesOf(services)).listReadable();
  return unreadable === 0 ? { attributes } : { attributes, unreadable };
}

/**
 * Adds an attribute, or changes the one with that id.
 * @throws SignetError `bad_request` naming the field, `opener` where Tier 3 needs one; `not_found`; `wrong_password`
 */
export async function saveAttribute(
  services: VaultServices,
  { id, opener, ...input }: AttributeInput & { readonly id?: string; readonly opener?: Opener },
): Promise<AttributeView> {
  const attributes = await attributesOf(services);
  const save = (grant?: Parameters<Attributes['add']>[1]) =>
    id === undefined ? attributes.add(input, grant) : attributes.change(id, input, grant);
  const saved =
    input.tier === 3 && opener !== undefined
      ? await withOpener(opener, (given) => services.keeper.grant(given, save))
      : await save();
  services.announce('attributes');
  services.announce('audit');
  return saved;
}

/** Lets go of what is left of attributes that a password reset or an erased compartment took. @throws SignetError locked */
export async function forgetLost({ keeper }: Pick<Services, 'keeper'>): Promise<void> {
  const vault = await keeper.open();
  if (vault.readOnly !== undefined) return;
  await forgetLostAttributes(vault).catch((thrown: unknown) => {
    // Whoever looks at the list is told; what else is done in the background does not wait for it.
    if (SignetError.from(thrown).reason !== 'vault_damaged') throw thrown;
  });
}

/** @throws SignetError not_found */
export async function deleteAttribute(services: VaultServices, id: string): Promise<void> {
  await (await attributesOf(services)).delete(id);
  services.announce('attributes');
}

/** What the request to open a record carries, sealed like every request. The label is Tier 1. */
interface RecordToOpen {
  readonly id: string;
  readonly label: string;
  readonly compartment: CompartmentName;
}

/** Puts a Tier 3 attribute before the person, in the consent window. @throws SignetError `not_found`, `too_many` */
export async function askToOpen(services: Services, id: string): Promise<void> {
  const { label, compartment } = await (await attributesOf(services)).get(id);
  if (compartment === undefined) {
    throw new SignetError('bad_request', 'This can be seen without opening anything.', { field: 'id' });
  }
  const params: Json = { id, label, compartment };
  await services.queue.submitOwn({ method: 'openRecord', params });
  services.announce('requests');
  await services.showConsent();
}

const recordOf = (request: PageRequest): RecordToOpen => request.params as unknown as RecordToOpen; // only this file wrote it

/** What the consent window shows of a record that waits to be opened. */
export async function viewRecord(
  { keeper }: Services,
  request: PageRequest,
): Promise<Pick<OpenWaiting, 'kind' | 'label' | 'compartment' | 'state'>> {
  const { label, compartment } = recordOf(request);
  return {
    kind: 'open',
    label,
    compartment,
    state: { step: (await keeper.state()) === 'unlocked' ? 'ask' : 'locked' },
  };
}

/**
 * Opens the record that waits, once: its value goes to the window that asked and is kept nowhere.
 * @throws SignetError `not_found` when the request or the record is gone; `wrong_password`, `wait`; `locked`
 */
export async function openRecord(
  services: Services,
  { requestId, opener }: { readonly requestId: string; readonly opener: Opener },
): Promise<OpenedAttribute> {
  const request = services.queue.get(requestId);
  if (request?.method !== 'openRecord') throw new SignetError('not_found', 'This request has ended. Please ask again.');
  const attributes = await attributesOf(services);
  const opened = await withOpener(opener, (given) =>
    services.keeper.grant(given, (grant) => attributes.open(recordOf(request).id, grant)),
  );
  await services.queue.endOwn(requestId);
  services.announce('requests');
  services.announce('audit');
  return opened;
}
