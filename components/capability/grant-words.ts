import { displayText } from '../../lib/core/index.ts';
import type { GrantView } from '../../lib/messaging/index.ts';
import { t, tn } from '../../lib/platform/index.ts';
import { allOf } from '../policy/list-words.ts';
import { amountWords } from './amount-words.ts';
import { kindWords } from './could-words.ts';

/** Named things in a grant before the rest is counted. */
const NAMED = 4;

/** What an authority lets a person's tokens do: "Up to $200.00 each time, for “purchase”, anywhere". */
export function grantWords({ permissions, amount, currency, audiences }: GrantView): string {
  const acts = listed(permissions.map(kindWords));
  const where =
    audiences === undefined ? t('authority_anywhere') : t('authority_at', listed(audiences.map((one) => hostOf(one))));
  if (amount === undefined || currency === undefined) return t('authority_acts', acts, where);
  return t('authority_sum', amountWords(amount, currency), acts, where);
}

/** "a, b, c, d and 3 more". */
function listed(things: readonly string[]): string {
  const rest = things.length - NAMED;
  return rest < 2 ? allOf(things) : allOf([...things.slice(0, NAMED), tn('hidden_more', rest)]);
}

const hostOf = (origin: string): string => displayText(URL.parse(origin)?.host ?? origin, 100);
