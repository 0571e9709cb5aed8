import { t } from '../../lib/platform/index.ts';
import type { Role } from '../../lib/policy/engine/index.ts';
import { ROLES } from '../../lib/policy/engine/index.ts';

/** What a role is called: "Shop". */
export const roleWords = (role: Role): string => t(`rule_role_${role}`);

/** Every role, to choose from. */
export const roleChoices = (): readonly { readonly value: Role; readonly label: string }[] =>
  ROLES.map((role) => ({ value: role, label: roleWords(role) }));
