import { displayText } from '../../lib/core/index.ts';
import type { MessageKey } from '../../lib/platform/index.ts';
import { t } from '../../lib/platform/index.ts';
import type { Role } from '../../lib/policy/engine/index.ts';

/** Sorts of data, by the least role that may learn them. */
const SORTS = {
  public: 'agent_sort_public',
  commerce: 'agent_sort_commerce',
  financial: 'agent_sort_financial',
  medical: 'agent_sort_medical',
  identity: 'agent_sort_identity',
  trusted_agent: 'agent_sort_trusted_agent',
} as const satisfies Record<Role, MessageKey>;

/**
 * What an agent would be told, as people read it.
 * @param conclusion the worker's words: `yes`, `no`, a number, a range, the role of a sort of data, `#2` for the second of
 *   those that were named and `#0` for none of them, `–` for nothing
 */
export function conclusionWords(conclusion: string): string {
  if (conclusion === 'yes' || conclusion === 'no') return t(conclusion);
  if (conclusion === '–') return t('agent_concludes_nothing');
  if (Object.hasOwn(SORTS, conclusion)) return t(SORTS[conclusion as Role]); // just checked
  const place = /^#(\d{1,3})$/.exec(conclusion)?.[1];
  if (place === '0') return t('agent_concludes_none');
  if (place !== undefined) return t('agent_concludes_place', place);
  return displayText(conclusion, 120);
}
