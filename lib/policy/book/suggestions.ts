import type { SecretBytes } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import type { VaultReader, VaultTx } from '../../vault/index.ts';
import type { CompiledPolicy, PolicyRequest, Rule } from '../engine/index.ts';
import { FRESH_STATE, decide, hostOf } from '../engine/index.ts';
import type { Answer, AnswerRecord } from './answer-record.ts';
import { agreementOf, deriveMacSecret, tallyOf, withAnswer } from './answer-record.ts';
import { AnswerTable } from './answer-table.ts';
import type { SetAside } from './set-aside.ts';
import { setAsideBroken } from './set-aside.ts';
import { isTag, pairTag } from './subject-tag.ts';

/** Answers that agree, and the rule that would be made of them. */
export interface Suggestion {
  readonly id: string;
  readonly subject: string;
  /** By `claimKey`. */
  readonly claim: string;
  readonly label: string;
  readonly allowed: number;
  readonly denied: number;
  /** Of the first answer that is counted: milliseconds since the epoch. */
  readonly since: number;
  /** The rule that would be made. */
  readonly rule: Rule;
}

/** Counts an answer of the person. @returns what was found altered on the way, and is set aside */
export async function noteAnswer(tx: VaultTx, answer: Answer): Promise<readonly SetAside[]> {
  using secret = deriveMacSecret(tx.keys.audit);
  const tag = pairTag(answer.subject, answer.claim);
  const { table, moved } = await repaired(tx, secret, tag);
  await table.put(tx, tag, withAnswer((await table.find(tag)).value, answer));
  return moved;
}

/**
 * Rules that the person's answers speak for: at least 5 of the last 50, at least 90 % of them alike, not settled by a
 * rule and not dismissed. Nothing is applied.
 * @returns `tampered`: how many records do not count because they are not as they were written; see `setAsideTampered`
 */
export async function suggestionsOf(
  reader: VaultReader,
  { policy, now }: { readonly policy: CompiledPolicy; readonly now: number },
): Promise<{ readonly suggestions: readonly Suggestion[]; readonly tampered: number }> {
  using secret = deriveMacSecret(reader.keys.audit);
  const table = await AnswerTable.open(reader, secret);
  const found = await Promise.all((await table.tags()).map(async (tag) => ({ tag, ...(await table.find(tag)) })));
  const suggestions = found.flatMap(({ tag, value }) =>
    value === undefined ? [] : suggest(tag, value, { policy, now }),
  );
  const broken = found.filter(({ fault }) => fault !== undefined).length + (await table.broken()).length;
  return { suggestions: suggestions.sort(earlierFirst), tampered: broken };
}

const earlierFirst = (a: Suggestion, b: Suggestion): number =>
  a.since - b.since || (`${a.subject} ${a.claim}` < `${b.subject} ${b.claim}` ? -1 : 1);

function suggest(
  id: string,
  record: AnswerRecord,
  { policy, now }: { readonly policy: CompiledPolicy; readonly now: number },
): readonly Suggestion[] {
  const effect = agreementOf(record);
  if (effect === undefined || effect === record.dismissed || !isOpen(record, policy, now)) return [];
  const { subject, kind, claim, label } = record;
  const { allowed, denied, since } = tallyOf(record);
  const rule: Rule = {
    id: freeId(`suggested-${id.slice(0, 22)}`, policy),
    effect,
    subject: kind === 'site' ? { site: subject } : { agent: subject },
    action: 'prove',
    claims: [claim],
    when: [],
    locked: false,
    made: { at: now, by: 'suggestion' },
  };
  return [{ id, subject, claim, label, allowed, denied, since, rule }];
}

/** Whether no rule says anything yet about this subject and claim. */
function isOpen({ subject, kind, claim }: AnswerRecord, policy: CompiledPolicy, now: number): boolean {
  const host = kind === 'site' ? hostOf(subject) : undefined;
  const request: PolicyRequest = {
    subject: { type: kind, id: subject, properties: host === undefined ? {} : { host } },
    action: { name: 'prove' },
    resource: { type: 'claim', id: claim, properties: {} },
    context: { time: now },
  };
  return ['no_rule', 'role'].includes(decide(policy, request, FRESH_STATE, { askable: true }).reason);
}

function freeId(id: string, { set }: CompiledPolicy): string {
  const taken = new Set(set.rules.map((rule) => rule.id));
  let free = id;
  for (let n = 2; taken.has(free); n++) free = `${id}-${n}`;
  return free;
}

/** Does not suggest it again until the answers turn. @throws SignetError not_found when nothing is suggested there */
export async function dismissSuggestion(tx: VaultTx, id: string): Promise<readonly SetAside[]> {
  if (!isTag(id)) throw notSuggested();
  using secret = deriveMacSecret(tx.keys.audit);
  const { table, moved } = await repaired(tx, secret, id);
  const record = (await table.find(id)).value;
  const effect = record && agreementOf(record);
  if (record === undefined || effect === undefined) throw notSuggested();
  await table.put(tx, id, { ...record, dismissed: effect });
  return moved;
}

const notSuggested = (): SignetError => new SignetError('not_found', 'This is no longer suggested.', { field: 'id' });

/** Looks at every record of answers and moves away those that are not as they were written. */
export async function setAsideTampered(tx: VaultTx): Promise<readonly SetAside[]> {
  using secret = deriveMacSecret(tx.keys.audit);
  return await setAsideBroken(tx, await AnswerTable.open(tx, secret));
}

/** The table, once what this record rests on is as it should be. */
async function repaired(tx: VaultTx, secret: SecretBytes, tag: string) {
  const looked = await AnswerTable.open(tx, secret);
  const moved = await setAsideBroken(tx, looked, tag);
  return { table: moved.length === 0 ? looked : await AnswerTable.open(tx, secret), moved };
}

/**
 * For `moved` of the vault's journal: MACs the records of answers anew, which were copied from a vault of other keys.
 * What was not as it should be stays so, and shows.
 */
export async function rekeyAnswers(tx: VaultTx, from: VaultReader): Promise<void> {
  using before = deriveMacSecret(from.keys.audit);
  using after = deriveMacSecret(tx.keys.audit);
  await (await AnswerTable.open(tx, before)).reseal(tx, after);
}
