import type { Origin } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import type { DcApiCall, ReadRequest } from './authorization-request.ts';

/**
 * Reads a request over the DC API from the call alone (OpenID4VP 1.0 appendix A): shape, limits, response mode, keys,
 * the origins it is for. No signature is verified.
 * @param origin of the page, as the browser reports it
 * @throws SignetError bad_request or unsupported, naming the field
 */
export function readDcApiRequest(_call: DcApiCall, _origin: Origin): ReadRequest {
  throw new SignetError('unsupported', 'Not yet.');
}
