import type { CapabilityChain, Permission } from '../capabilities/checking.ts';
import { parseOpened, verifyClauses } from '../capabilities/checking.ts';
import type { AuthorityRefusal } from './refusal.ts';
import { refuse } from './refusal.ts';

/**
 * The hidden clause that is shown beside a token, verified against what the token committed to; undefined where none is
 * shown. One alone is taken: whoever shows more tells more than anybody here needs to know.
 * @param text as it came
 */
export function readShownClause({ root }: CapabilityChain, text: unknown): Permission | AuthorityRefusal | undefined {
  if (text === undefined) return undefined;
  const { merkle_root, leaves } = root.claims.spl;
  if (merkle_root === undefined || leaves === undefined) {
    return refuse('wrong_clause', 'The token has no hidden clauses, and one is shown with it.');
  }
  const [opened, ...others] = parseShown(text);
  if (opened === undefined || others.length > 0) {
    return refuse('malformed_clause', 'What is shown with the token is not one opened clause.');
  }
  const check = verifyClauses({ merkle_root, leaves }, [opened]);
  const [permission] = check.ok ? check.permissions : [];
  return permission ?? refuse('wrong_clause', check.ok ? 'The clause permits nothing.' : check.detail);
}

/** Nothing where it cannot be read: that is no clause either. */
function parseShown(text: unknown): ReturnType<typeof parseOpened> {
  if (typeof text !== 'string') return [];
  try {
    return parseOpened(text);
  } catch {
    return [];
  }
}
