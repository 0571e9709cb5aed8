import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { claimTitle } from '../../../../components/policy/claim-phrase.ts';
import { asStart } from '../../../../components/policy/list-words.ts';
import { loadPublicSuffix } from '../../../../components/policy/public-suffix.ts';
import { tierOf } from '../../../../components/policy/question.ts';
import { RuleCard } from '../../../../components/policy/rule-card.tsx';
import { WhoFields } from '../../../../components/policy/who-fields.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import { randomBytes, toBase64url } from '../../../../lib/core/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import type { Rule, RuleSubject } from '../../../../lib/policy/engine/index.ts';
import { readRule } from '../../../../lib/policy/engine/index.ts';
import { goTo } from '../../route.ts';
import type { Policy } from './policy.ts';

/** Facts that tell little: chosen ones may be proven to chosen sites without a question. */
export const RulesFree = ({ policy }: { policy: Policy }) => {
  const asked = useAsked('credentials.list', {}, ['credentials']);
  const { busy, error, run, clear } = useAction();
  const [subject, setSubject] = useState<RuleSubject>({ role: 'commerce' });
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const held = asked.state === 'ready' ? asked.value.credentials.flatMap(({ claims }) => claims) : [];
  const freeLabels = new Set(held.filter(({ tier }) => tier === 1).map(({ label }) => label));
  const free = policy.defaults
    .filter(({ claim, label }) => tierOf(claim) === 1 || freeLabels.has(label))
    .map(({ claim }) => claim);
  const [rule] = useState((): Rule => ({
    id: toBase64url(randomBytes(9)),
    effect: 'permit',
    subject: { any: true },
    action: 'prove',
    claims: [],
    when: [],
    locked: false,
    made: { at: Date.now(), by: 'person' },
  }));
  const written: Rule = {
    ...rule,
    subject,
    claims: chosen,
    when: [{ attribute: 'resource.tier', op: 'equals', value: 1 }],
  };
  const toggle = (claim: string) => {
    clear();
    setChosen(chosen.includes(claim) ? chosen.filter((one) => one !== claim) : [...chosen, claim].sort());
  };
  const save = (event: Event) => {
    event.preventDefault();
    run(async () => {
      const ready = readRule(written, 'rule', { isPublicSuffix: await loadPublicSuffix() });
      const { id } = await ask('policy.saveRule', { rule: ready });
      goTo(`#/rules/${id}`);
    });
  };
  const about = (field: string) => (error?.field?.startsWith(field) === true ? error.message : undefined);
  return (
    <form class="stack-wide rule-edit" onSubmit={save} autocomplete="off" noValidate>
      <div class="stack-tight">
        <a class="link back" href="#/rules">
          {t('rules_back')}
        </a>
        <h1>{t('rules_free_title')}</h1>
        <p class="soft measure">{t('rules_free_lead')}</p>
      </div>
      {free.length === 0 && asked.state === 'ready' ? (
        <Notice tone="info">{t('rules_free_none')}</Notice>
      ) : (
        <>
          <div class="rule-parts">
            <section class="rule-part">
              <h2>{t('rules_free_which')}</h2>
              <div class="rule-part-fields">
                <div class="chips" role="group" aria-label={t('rules_free_which')}>
                  {free.map((claim) => (
                    <button
                      key={claim}
                      type="button"
                      class="chip"
                      aria-pressed={chosen.includes(claim)}
                      onClick={() => toggle(claim)}
                    >
                      {asStart(claimTitle(claim, policy.names))}
                    </button>
                  ))}
                </div>
                <Problem error={about('rule.claims')} />
              </div>
            </section>
            <section class="rule-part">
              <h2>{t('rules_free_to')}</h2>
              <div class="rule-part-fields">
                <WhoFields
                  subject={subject}
                  onChange={(next) => {
                    clear();
                    setSubject(next);
                  }}
                  problem={about('rule.subject')}
                />
                <p class="hint">{t('rules_free_bounds')}</p>
              </div>
            </section>
          </div>
          {chosen.length > 0 && <RuleCard rule={written} names={policy.names} />}
          <div class="stack-tight">
            <Problem
              error={about('rule.claims') === undefined && about('rule.subject') === undefined ? error : undefined}
            />
            <div class="row-wrap">
              <Button type="submit" look="primary" busy={busy} disabled={chosen.length === 0}>
                {t('rules_free_save')}
              </Button>
              <Button look="quiet" onClick={() => goTo('#/rules')}>
                {t('cancel')}
              </Button>
            </div>
          </div>
        </>
      )}
    </form>
  );
};
