import type { Origin } from '../../core/index.ts';
import { SignetError, assertField, toMinorUnits } from '../../core/index.ts';
import type { Rule } from '../../policy/index.ts';
import { readRule } from '../../policy/index.ts';
import { withRule, withoutRules } from '../judging/rule-making.ts';
import { openLog } from '../log/open-log.ts';
import type { VaultServices } from '../services.ts';

/** What the person lets be taken without being asked. */
export interface SpendingPermit {
  readonly audience: Origin;
  readonly kind: string;
  /** The most of one token, in major units. */
  readonly amount: string;
  readonly currency: string;
  /** How many tokens in all. */
  readonly uses: number;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Lets tokens for one audience and of one kind be released without asking, so often and until then: a rule like any other,
 * which denials, limits and other rules still narrow.
 * @returns the rule's id
 * @throws SignetError `bad_request` naming the field; `locked`, `read_only`
 */
export async function permitSpending(services: VaultServices, permit: SpendingPermit): Promise<{ id: string }> {
  const { book, clock } = services;
  assertField(permit.until > clock(), 'until', 'This end is over already.');
  const rule = readRule(ruleOf(permit, clock()));
  const log = await openLog(services);
  await log.transact(async (tx) => {
    await book.save(tx, (set) => withRule(set, rule), { at: clock() });
    await tx.log({ kind: 'rule.saved', subject: permit.audience, claims: [permit.kind], rules: [rule.id] });
  });
  services.announce('policy');
  return { id: rule.id };
}

function ruleOf({ audience, kind, amount, currency, uses, until }: SpendingPermit, at: number): Rule {
  const minor = toMinorUnits(amount, currency, 'amount');
  return {
    ...{ id: crypto.randomUUID(), effect: 'permit', subject: { site: audience }, action: 'spend', claims: [kind] },
    when: [{ attribute: 'context.amount', op: 'amount_at_most', value: { minor, currency } }],
    ...{ until, locked: false, obligations: { max_uses: uses }, made: { at, by: 'person' } },
  };
}

/** The rules that permit spending, whoever made them. @throws SignetError `locked`, `vault_damaged` */
export async function listSpendingPermits({ keeper, book }: VaultServices): Promise<readonly Rule[]> {
  const { set } = await book.current(await keeper.open());
  return set.rules.filter(({ effect, action }) => effect === 'permit' && action === 'spend');
}

/** Takes such a rule back. @throws SignetError `not_found`; `bad_request` for one that is locked */
export async function endSpendingPermit(services: VaultServices, id: string): Promise<void> {
  const { book, clock } = services;
  const rule = (await listSpendingPermits(services)).find((one) => one.id === id);
  if (rule === undefined) throw new SignetError('not_found', 'There is no such permission any more.');
  const log = await openLog(services);
  await log.transact(async (tx) => {
    await book.save(tx, (set) => withoutRules(set, new Set([id])), { at: clock() });
    const subject = 'site' in rule.subject ? rule.subject.site : '';
    await tx.log({ kind: 'rule.deleted', subject, claims: rule.claims === '*' ? [] : rule.claims, rules: [id] });
  });
  services.announce('policy');
}
