import { t, tn } from '../../lib/platform/index.ts';
import type { PolicyDifference, Rule } from '../../lib/policy/engine/index.ts';
import type { ClaimNames } from './claim-phrase.ts';
import { RuleSentence } from './rule-sentence.tsx';

/** What would become of the rules, in their own words. */
export const DiffView = ({ diff, names }: { diff: PolicyDifference; names: ClaimNames }) => {
  const { added, removed, changed, roles } = diff;
  if (added.length + removed.length + changed.length === 0 && !roles) return <p class="soft">{t('rules_diff_none')}</p>;
  return (
    <div class="stack diff">
      <Rules sign="+" title={tn('rules_diff_added', added.length)} rules={added} names={names} />
      <Rules sign="−" title={tn('rules_diff_removed', removed.length)} rules={removed} names={names} />
      {changed.length > 0 && (
        <section class="stack-tight">
          <h3>{tn('rules_diff_changed', changed.length)}</h3>
          <ul>
            {changed.map(({ before, after }) => (
              <li key={after.id}>
                <DiffLine sign="−" rule={before} names={names} />
                <DiffLine sign="+" rule={after} names={names} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {roles && <p>{t('rules_diff_roles')}</p>}
    </div>
  );
};

const Rules = ({
  sign,
  title,
  rules,
  names,
}: {
  sign: '+' | '−';
  title: string;
  rules: readonly Rule[];
  names: ClaimNames;
}) =>
  rules.length === 0 ? null : (
    <section class="stack-tight">
      <h3>{title}</h3>
      <ul>
        {rules.map((rule) => (
          <li key={rule.id}>
            <DiffLine sign={sign} rule={rule} names={names} />
          </li>
        ))}
      </ul>
    </section>
  );

const DiffLine = ({ sign, rule, names }: { sign: '+' | '−'; rule: Rule; names: ClaimNames }) => (
  <p class={sign === '+' ? 'diff-line added' : 'diff-line removed'}>
    <span class="mono" aria-hidden="true">
      {sign}
    </span>
    <span class="grow">
      <RuleSentence rule={rule} names={names} />
    </span>
  </p>
);
