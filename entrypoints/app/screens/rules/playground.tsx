import { useCallback, useMemo, useState } from 'preact/hooks';
import { Playground } from '../../../../components/policy/playground.tsx';
import type { Question } from '../../../../components/policy/question.ts';
import { askedBy, clockContext, tierOf } from '../../../../components/policy/question.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import type { PolicyRequest, Role } from '../../../../lib/policy/engine/index.ts';
import type { Policy } from './policy.ts';

/** Asks the rules in force a made-up question, with what really happened before. Nothing is counted or written down. */
export const PlaygroundScreen = ({ policy }: { policy: Policy }) => {
  const [question, setQuestion] = useState<Question>(() => firstQuestion(policy));
  const least = useMemo(() => new Map(policy.defaults.map((known) => [known.claim, known.least])), [policy.defaults]);
  const leastRole = useCallback((claim: string): Role => least.get(claim) ?? 'identity', [least]);
  const real = useCallback((request: PolicyRequest) => ask('policy.explain', { request }), [policy.hash]);
  return (
    <div class="stack">
      <p class="soft measure">{t('play_lead')}</p>
      <Playground
        set={policy.set}
        leastRole={leastRole}
        question={question}
        onChange={setQuestion}
        claims={policy.claims}
        names={policy.names}
        real={question.askable ? real : undefined}
      />
    </div>
  );
};

/** The question that the first rule is about, as far as it is about one. */
function firstQuestion({ set, claims }: Policy): Question {
  const rule = set.rules.find(({ subject }) => 'site' in subject) ?? set.rules[0];
  const claim =
    (Array.isArray(rule?.claims) ? (rule.claims as readonly string[])[0] : undefined) ?? claims[0] ?? 'age_over_21';
  const request: PolicyRequest = {
    subject: { type: 'site', id: '', properties: {} },
    action: { name: 'prove' },
    resource: { type: 'claim', id: claim, properties: { tier: tierOf(claim), format: 'dc+sd-jwt' } },
    context: { ...clockContext(Date.now()), present: true },
  };
  const site = rule !== undefined && 'site' in rule.subject ? rule.subject.site : 'https://shop.example.com';
  return { request: askedBy(request, 'site', site), askable: true, before: { uses: 0, spent: 0 } };
}
