import type { Origin } from '../../../core/index.ts';
import { parseOrigin } from '../../../core/index.ts';

/** The origin that an agent names; a bare host means its https origin. @throws SignetError bad_request naming the field */
export const audienceIn = (named: string, field: string): Origin =>
  parseOrigin(named.includes('://') ? named : `https://${named}`, field);
