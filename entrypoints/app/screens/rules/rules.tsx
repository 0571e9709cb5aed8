import './rules.css';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../../../components/icon.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { useAsked } from '../../../../components/use-asked.ts';
import { t } from '../../../../lib/platform/index.ts';
import { goTo } from '../../route.ts';
import { PageHead } from '../parts/page-head.tsx';
import { PlaygroundScreen } from './playground.tsx';
import type { Policy } from './policy.ts';
import { RuleEdit } from './rule-edit.tsx';
import { RulePage } from './rule-page.tsx';
import { RulesFacts } from './rules-facts.tsx';
import { RulesFree } from './rules-free.tsx';
import { RulesHistory } from './rules-history.tsx';
import { RulesLanguage } from './rules-language.tsx';
import { RulesList } from './rules-list.tsx';
import { Tabs } from '../parts/tabs.tsx';

/** Places of this screen beside the rules themselves, whose ids have no dot. */
const TABS = ['', '.try', '.facts', '.history'] as const;
const TAB_WORDS = {
  '': 'rules_tab_rules',
  '.try': 'rules_tab_try',
  '.facts': 'rules_tab_facts',
  '.history': 'rules_tab_history',
} as const;

/** What may be told without asking, what never, and what only after asking. `rest`: a tab, a rule's id, `<id>/edit`. */
export const Rules = ({ rest, readOnly }: { rest: string; readOnly: boolean }) => {
  const asked = useAsked('policy.get', {}, ['policy', 'audit']);
  // A rule that was just made is opened before its rules were asked for again.
  const [sought, setSought] = useState('');
  useEffect(() => {
    if (asked.state === 'ready' && rest !== '' && !rest.startsWith('.') && sought !== rest) {
      setSought(rest);
      asked.again();
    }
  }, [rest]);
  if (asked.state === 'loading') return <Loading />;
  if (asked.state === 'failed') return <Problem error={asked.error} />;
  const { defaults } = asked.value;
  const policy: Policy = {
    ...asked.value,
    names: new Map(defaults.map(({ claim, label }) => [claim, label])),
    claims: mostAskedFirst(defaults.map(({ claim }) => claim)),
  };
  const [name = '', then = ''] = rest.split('/');
  const chosen = policy.rules.find(({ rule }) => rule.id === name);
  if (name === '.new') return <RuleEdit policy={policy} />;
  if (name === '.free') return <RulesFree policy={policy} />;
  if (name === '.language') return <RulesLanguage />;
  if (chosen !== undefined && then === 'edit' && !readOnly)
    return <RuleEdit key={name} policy={policy} view={chosen} />;
  if (chosen !== undefined) return <RulePage key={name} policy={policy} view={chosen} readOnly={readOnly} />;

  const tab = TABS.find((one) => one === name) ?? '';
  return (
    <div class="stack-wide rules">
      <div class="stack">
        <PageHead title={t('nav_rules')} lead={t('rules_lead')}>
          {tab === '' && policy.rules.length > 0 && !readOnly && (
            <a class="button primary" href="#/rules/.new">
              <Icon name="plus" size={16} />
              {t('rules_new')}
            </a>
          )}
        </PageHead>
        <Tabs
          label={t('nav_rules')}
          at="rules"
          tab={tab}
          tabs={TABS.map((one) => ({ name: one, label: t(TAB_WORDS[one]) }))}
        />
      </div>
      {tab === '' && <RulesList policy={policy} readOnly={readOnly} gone={name !== '' && !name.startsWith('.')} />}
      {tab === '.try' && <PlaygroundScreen policy={policy} />}
      {tab === '.facts' && <RulesFacts policy={policy} readOnly={readOnly} />}
      {tab === '.history' && <RulesHistory policy={policy} readOnly={readOnly} onChanged={() => goTo('#/rules')} />}
    </div>
  );
};

/** What sites ask for most. */
const MOST_ASKED = [
  ...['age_over_18', 'age_over_21', 'birth_date', 'given_name', 'family_name', 'address', 'email', 'phone_number'],
  ...['nationality', 'portrait', 'document_number'],
];

function mostAskedFirst(claims: readonly string[]): readonly string[] {
  const place = (claim: string) => (MOST_ASKED.includes(claim) ? MOST_ASKED.indexOf(claim) : MOST_ASKED.length);
  return [...claims].sort((a, b) => place(a) - place(b));
}
