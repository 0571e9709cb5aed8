import { SignetError, isJsonObject } from '../core/index.ts';
import type { Json } from '../core/index.ts';
import { readDigitalCreate, readDigitalGet } from '../provider/digital-schema.ts';
import { readCapabilitySpec, readCredentialOffer, readProofRequest } from '../provider/request-schema.ts';
import type { PageMethod, PageRoutes } from './page-routes.ts';

type Readers = { readonly [M in PageMethod]: (params: Json) => PageRoutes[M][0] };

const READERS: Readers = {
  requestProof: readProofRequest,
  offerCredential: readCredentialOffer,
  requestCapability: readCapabilitySpec,
  digitalGet: readDigitalGet,
  digitalCreate: readDigitalCreate,
  permissions: nothing,
  disconnect: nothing,
};

/**
 * A method's params, rebuilt field by field from its schema.
 * @throws SignetError bad_request naming the field
 */
export const readPageParams = <M extends PageMethod>(method: M, params: Json): PageRoutes[M][0] =>
  READERS[method](params);

function nothing(params: Json): Record<string, never> {
  if (isJsonObject(params) && Object.keys(params).length === 0) return {};
  throw new SignetError('bad_request', 'This method takes no parameters.', { field: 'params' });
}
