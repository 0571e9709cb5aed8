import { Attributes } from '../attributes/index.ts';
import type { AttributeInput } from '../attributes/index.ts';
import type { AttributeView } from '../messaging/contract.ts';
import { openLog } from './open-log.ts';
import type { Services } from './services.ts';

const attributesOf = async (services: Services): Promise<Attributes> =>
  new Attributes(await openLog(services), { clock: services.clock });

/** What the person stored about themselves. @throws SignetError locked */
export async function listAttributes(services: Services): Promise<readonly AttributeView[]> {
  return (await attributesOf(services)).list();
}

/** Adds an attribute, or changes the one with that id. @throws SignetError bad_request naming the field, not_found */
export async function saveAttribute(
  services: Services,
  { id, ...input }: AttributeInput & { id?: string },
): Promise<AttributeView> {
  const attributes = await attributesOf(services);
  const saved = id === undefined ? await attributes.add(input) : await attributes.change(id, input);
  services.announce('attributes');
  return saved;
}

/** @throws SignetError not_found */
export async function deleteAttribute(services: Services, id: string): Promise<void> {
  await (await attributesOf(services)).delete(id);
  services.announce('attributes');
}
