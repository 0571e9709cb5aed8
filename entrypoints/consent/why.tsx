import { claimsPhrase } from '../../components/audit-sentence.tsx';
import { Icon } from '../../components/icon.tsx';
import { useAsked } from '../../components/use-asked.ts';
import type { WhyWords } from '../../components/why-words.ts';
import { toldReasons, whyWords } from '../../components/why-words.ts';
import { displayText } from '../../lib/core/index.ts';
import type { AskReason } from '../../lib/messaging/index.ts';
import { t, uiLanguage } from '../../lib/platform/index.ts';

/** Why the person is asked, where that is more than that nobody decided it before. */
export const Why = ({ why, asker }: { why: readonly AskReason[]; asker: 'site' | 'agent' }) => (
  <>
    {toldReasons(why).map((reason) => {
      const words = whyWords(reason, asker);
      return (
        words !== undefined && (
          <p key={reason.kind} class={`why ${words.tone}`}>
            <Icon name={words.tone} size={16} />
            {reason.kind === 'ask_rule' ? (
              <RuleOfYours rules={reason.rules} words={words} />
            ) : (
              <Sentence words={words} />
            )}
          </p>
        )
      );
    })}
  </>
);

const Sentence = ({ words }: { words: WhyWords }) => (
  <span>
    <bdi dir="auto">{t(words.key, ...substitutions(words))}</bdi>
  </span>
);

function substitutions({ claim, ages, numbers, attributes }: WhyWords): readonly string[] {
  const language = uiLanguage();
  if (claim !== undefined) return [claimsPhrase([claim])];
  if (numbers !== undefined) return numbers.map((number) => new Intl.NumberFormat(language).format(number));
  const list = ages?.map(String) ?? attributes?.map((attribute) => displayText(attribute, 60)) ?? [];
  return [new Intl.ListFormat(language, { type: ages === undefined ? 'conjunction' : 'disjunction' }).format(list)];
}

/** The rule that asks, by the person's own words for it where it has any. */
const RuleOfYours = ({ rules, words }: { rules: readonly string[]; words: WhyWords }) => {
  const asked = useAsked('policy.get', {}, ['policy']);
  if (asked.state !== 'ready') return <Sentence words={words} />;
  const named = asked.value.set.rules.find(
    ({ id, effect, note }) => rules.includes(id) && effect === 'ask' && note !== undefined && note !== '',
  );
  if (named?.note === undefined) return <Sentence words={words} />;
  return (
    <span>
      <bdi dir="auto">{t('why_ask_rule_named', displayText(named.note, 120))}</bdi>
    </span>
  );
};
