import { t } from '../../lib/platform/index.ts';
import type { Role } from '../../lib/policy/engine/index.ts';

/** What a role is called: "Shop". */
export const roleWords = (role: Role): string => t(`rule_role_${role}`);
