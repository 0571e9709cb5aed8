import { Fragment } from 'preact';
import { useContext } from 'preact/hooks';
import { displayText } from '../../lib/core/index.ts';
import { t, tn } from '../../lib/platform/index.ts';
import type { Obligations, Rule } from '../../lib/policy/engine/index.ts';
import { AgentName } from '../agents/agent-mark.tsx';
import { AgentNames } from '../agents/agent-names.tsx';
import { Origin } from '../origin.tsx';
import { dateAndTimeWords, dateWords } from '../time-words.ts';
import type { ClaimNames } from './claim-phrase.ts';
import { NO_NAMES, claimPhrase, claimTitle } from './claim-phrase.ts';
import { conditionWords, isWindow, windowWords } from './condition-words.ts';
import { allOf, anyOf, asStart } from './list-words.ts';
import { spanWords } from './span-words.ts';
import { nameIn, nobodyWords, originWords, subjectWords } from './subject-words.ts';

/** What is said of a rule: all but what it is filed under. */
export type Said = Pick<Rule, 'effect' | 'subject' | 'action' | 'claims' | 'when' | 'from' | 'until' | 'obligations'>;

/** Stands for the name of a site, domain or agent; from the private use area, so no cleaned text contains it. */
const NAME = '\uE000';

/** A rule as the one sentence a person would say: "Shops may learn that you are over 21, until you say otherwise." */
export const ruleText = (rule: Said, names: ClaimNames = NO_NAMES): string =>
  sentence(rule, names).replaceAll(NAME, () => originWords(nameIn(rule.subject)));

/** The same with the name of a site or domain set as origins are. */
export const RuleSentence = ({ rule, names = NO_NAMES }: { rule: Said; names?: ClaimNames }) => (
  <>
    {sentence(rule, names)
      .split(NAME)
      .map((piece, index) => (
        <Fragment key={index}>
          {index > 0 && <Name name={nameIn(rule.subject)} />}
          {piece}
        </Fragment>
      ))}
  </>
);

const Name = ({ name }: { name: string }) => {
  const agent = useContext(AgentNames).get(name);
  if (agent !== undefined) return <AgentName name={agent} />;
  if (URL.canParse(name)) return <Origin origin={name} />;
  return (
    <bdi class="origin">
      <strong>{originWords(name)}</strong>
    </bdi>
  );
};

function sentence(rule: Said, names: ClaimNames): string {
  const limits = [...windowsOf(rule), ...obligationsOf(rule.obligations, names), ...timesOf(rule)];
  return t('rule_sentence', [asStart(mainClause(rule, names)), ...limits].join(t('rule_comma')));
}

/** "Shops may learn that you are over 21 when you are at the page". */
function mainClause(rule: Said, names: ClaimNames): string {
  const does = deed(rule, names);
  const main = effectClause(rule, does);
  const conditions = rule.when.filter((condition) => !isWindow(condition)).map(conditionWords);
  if (conditions.length === 0) return main;
  const [only = ''] = conditions;
  if (conditions.length === 1 && only === t('rule_night')) return t('rule_main_at', main, only);
  return t('rule_main_when', main, allOf(conditions));
}

function effectClause({ effect, subject }: Said, does: string): string {
  switch (effect) {
    case 'permit':
      return t('rule_may', subjectWords(subject, NAME), does);
    case 'deny': {
      const nobody = nobodyWords(subject, NAME);
      return nobody === undefined
        ? t('rule_may_never', subjectWords(subject, NAME), does)
        : t('rule_may', nobody, does);
    }
    case 'ask':
      return t('rule_ask_before', subjectWords(subject, NAME), does);
  }
}

/** What may be done: "learn your name and that you are over 21". */
function deed({ effect, action, claims }: Said, names: ClaimNames): string {
  const join = effect === 'permit' ? allOf : anyOf;
  const nothing = t('rule_value_nothing');
  if (action === 'prove') {
    if (claims === '*') return t('rule_learn_anything');
    return t('rule_learn', join(claims.map((claim) => claimPhrase(claim, names))) || nothing);
  }
  const does = actionWords(action);
  if (claims === '*') return does;
  return t('rule_do_about', does, join(claims.map((claim) => claimTitle(claim, names))) || nothing);
}

function actionWords(action: string): string {
  switch (action) {
    case '*':
      return t('rule_do_anything');
    case 'receive':
      return t('rule_do_receive');
    case 'spend':
      return t('rule_do_spend');
    default:
      return t('rule_do_other', displayText(action.replaceAll('_', ' '), 64) || t('rule_unnamed'));
  }
}

const windowsOf = ({ when }: Said): readonly string[] => when.filter(isWindow).map(windowWords);

function obligationsOf(obligations: Obligations = {}, names: ClaimNames): readonly string[] {
  const { max_uses, ask_again_after, require_presence, expires_in, mask } = obligations;
  return [
    require_presence === true ? t('rule_only_present') : '',
    max_uses === undefined ? '' : tn('rule_uses', max_uses),
    expires_in === undefined ? '' : t('rule_valid_for', spanWords(expires_in)),
    mask === undefined || mask.length === 0
      ? ''
      : t('rule_without', anyOf(mask.map((claim) => claimPhrase(claim, names)))),
    ask_again_after === undefined ? '' : t('rule_asked_again', spanWords(ask_again_after)),
  ].filter((phrase) => phrase !== '');
}

function timesOf({ effect, from, until }: Said): readonly string[] {
  const begins = from === undefined ? [] : [t('rule_from', whenWords(from))];
  if (until !== undefined) return [...begins, t('rule_until', whenWords(until))];
  return effect === 'permit' ? [...begins, t('rule_until_you_say')] : begins;
}

/** A day, with the time of day where it is not the day's first moment. */
export function whenWords(time: number): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return t('rule_value_nothing');
  return date.getHours() === 0 && date.getMinutes() === 0 ? dateWords(time) : dateAndTimeWords(time);
}
