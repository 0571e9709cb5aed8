import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { JsonEditor } from '../../../../components/policy/json-editor.tsx';
import { loadPublicSuffix } from '../../../../components/policy/public-suffix.ts';
import { RuleCard } from '../../../../components/policy/rule-card.tsx';
import { RuleEditor } from '../../../../components/policy/rule-editor.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { SignetError, randomBytes, toBase64url } from '../../../../lib/core/index.ts';
import type { RuleView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import type { Rule } from '../../../../lib/policy/engine/index.ts';
import { readRule } from '../../../../lib/policy/engine/index.ts';
import { goTo } from '../../route.ts';
import { RuleTrial } from './rule-trial.tsx';
import type { Policy } from './policy.ts';

/** How a rule is looked at before it goes to the worker: a domain that is everybody's is refused here. */
function useRuleReader(): (value: unknown) => Promise<Rule> {
  const suffixes = useRef<Promise<(host: string) => boolean> | undefined>(undefined);
  useEffect(() => void (suffixes.current ??= loadPublicSuffix()), []);
  return async (value) => {
    suffixes.current ??= loadPublicSuffix();
    return readRule(value, 'rule', { isPublicSuffix: await suffixes.current });
  };
}

const freshRule = (): Rule => ({
  id: toBase64url(randomBytes(9)),
  effect: 'permit',
  subject: { site: '' },
  action: 'prove',
  claims: [],
  when: [],
  locked: false,
  made: { at: Date.now(), by: 'person' },
});

/** Makes a rule, or changes one: part by part or as JSON, with its sentence above all the while. */
export const RuleEdit = ({ policy, view }: { policy: Policy; view?: RuleView }) => {
  const [rule, setRule] = useState<Rule>(() => view?.rule ?? freshRule());
  const [asJson, setAsJson] = useState(location.hash.endsWith('/json'));
  const [unread, setUnread] = useState<SignetError | undefined>(undefined);
  const [refused, setRefused] = useState<SignetError | undefined>(undefined);
  const read = useRuleReader();
  const saving = useAction();
  const wasLocked = view?.rule.locked === true;
  const back = view === undefined ? '#/rules' : `#/rules/${view.rule.id}`;

  const change = (next: Rule) => {
    setRule(next);
    setRefused(undefined);
    saving.clear();
  };
  /** The rule as it would be stored; undefined, and said why, where it is none. */
  const checked = async (): Promise<Rule | undefined> => {
    if (unread !== undefined) return undefined;
    try {
      return await read(rule);
    } catch (thrown) {
      setRefused(SignetError.from(thrown));
      return undefined;
    }
  };
  const save = (event: Event) => {
    event.preventDefault();
    saving.run(async () => {
      const ready = await checked();
      if (ready === undefined) return;
      const { id } = await ask('policy.saveRule', { rule: ready, ...(wasLocked ? { unlock: true } : {}) });
      goTo(`#/rules/${id}`);
    });
  };
  const error = refused ?? (saving.error?.reason === 'bad_request' ? saving.error : undefined);
  const readTyped = useMemo(() => (value: unknown) => sameId(readRule(value), rule.id), [rule.id]);

  return (
    <form class="stack-wide rule-edit" onSubmit={save} autocomplete="off" noValidate>
      <div class="stack">
        <a class="link back" href={back}>
          {t(view === undefined ? 'rules_back' : 'rules_back_to')}
        </a>
        <h1>{t(view === undefined ? 'rules_new' : 'rules_change_title')}</h1>
      </div>
      <div class="rule-card-place">
        <RuleCard rule={rule} names={policy.names} />
      </div>
      {wasLocked && <Notice tone="warn">{t('rules_change_locked')}</Notice>}
      <div class="segments" role="group" aria-label={t('rules_write_as')}>
        <button type="button" aria-pressed={!asJson} disabled={unread !== undefined} onClick={() => setAsJson(false)}>
          {t('rules_as_form')}
        </button>
        <button type="button" aria-pressed={asJson} onClick={() => setAsJson(true)}>
          {t('rules_as_json')}
        </button>
      </div>
      {asJson ? (
        <JsonEditor
          label={t('rules_json_label')}
          field="rule"
          value={rule}
          read={readTyped}
          onChange={change}
          onProblem={setUnread}
        />
      ) : (
        <RuleEditor rule={rule} onChange={change} claims={policy.claims} names={policy.names} error={error} />
      )}
      <RuleTrial rule={rule} names={policy.names} read={checked} />
      <div class="stack-tight">
        <Problem error={error ?? saving.error} />
        <div class="row-wrap">
          <Button type="submit" look="primary" busy={saving.busy} disabled={unread !== undefined}>
            {view === undefined ? t('rules_save_new') : t('save')}
          </Button>
          <Button look="quiet" onClick={() => goTo(back)}>
            {t('cancel')}
          </Button>
          <span class="grow" />
          <a class="link row" href="#/rules/.try">
            <Icon name="flask" size={16} />
            {t('rules_tab_try')}
          </a>
        </div>
      </div>
    </form>
  );
};

/** A rule keeps its id: under another it would be another rule. @throws SignetError bad_request */
function sameId(rule: Rule, id: string): Rule {
  if (rule.id === id) return rule;
  throw new SignetError('bad_request', t('rules_same_id'), { field: 'rule.id' });
}
