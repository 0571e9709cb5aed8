import type { Origin } from '../../lib/core/index.ts';
import { parseOrigin } from '../../lib/core/index.ts';

/** Who a token is for, as people name them: a bare host means its https origin. @throws SignetError bad_request, field `domain` */
export const audienceIn = (domain: string): Origin =>
  parseOrigin(domain.includes('://') ? domain : `https://${domain}`, 'domain');
