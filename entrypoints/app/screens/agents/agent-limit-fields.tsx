import '../../../../components/policy/policy.css';
import type { AgentDraft, BudgetDraft, DraftProblem, Freedom } from '../../../../components/agents/agent-draft.ts';
import { changeLine, FREEDOMS, withLine, withoutLine } from '../../../../components/agents/agent-draft.ts';
import { Button } from '../../../../components/button.tsx';
import { LIMIT_SPANS } from '../../../../components/capability/limit-draft.ts';
import { Choices, TextField, Tick } from '../../../../components/fields.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { ClaimPicker } from '../../../../components/policy/claim-picker.tsx';
import { SelectField } from '../../../../components/select-field.tsx';
import { leastRoles } from '../../../../components/site-rules.ts';
import { namesOf, ROLE_NAMES, roleDetail } from '../../../../components/site-words.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import type { OwnResponse, Tier } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { ROLES } from '../../../../lib/policy/index.ts';

const TIERS = [1, 2, 3] as const satisfies readonly Tier[];

interface Fields {
  readonly draft: AgentDraft;
  readonly onChange: (draft: AgentDraft) => void;
  /** What keeps it from being saved, where that is to be said. */
  readonly problem: DraftProblem | undefined;
}

/** What an agent may do: what it counts as, what it may ask about, what it is told by itself, and what it may spend. */
export const AgentLimitFields = ({ draft, onChange, problem }: Fields) => {
  const policy = useAsked('policy.get', {}, ['policy']);
  if (policy.state === 'loading') return <Loading />;
  if (policy.state === 'failed') return <Problem error={policy.error} />;
  const common = { draft, onChange, problem };
  return (
    <div class="agent-limits">
      <TierFields {...common} />
      <FreedomFields {...common} policy={policy.value} />
      <BudgetFields {...common} />
    </div>
  );
};

const TierFields = ({ draft, onChange, problem }: Fields) => (
  <fieldset class="field">
    <legend>{t('agent_tiers')}</legend>
    <div class="choices">
      {TIERS.map((tier) => (
        <Tick
          key={tier}
          label={t(`tier_${tier}`)}
          detail={t(`agent_tier_${tier}_means`)}
          checked={draft.tiers.includes(tier)}
          onChange={(on) =>
            onChange({ ...draft, tiers: on ? [...draft.tiers, tier] : draft.tiers.filter((one) => one !== tier) })
          }
        />
      ))}
    </div>
    <Problem error={problem?.field === 'tiers' ? t(problem.problem) : undefined} />
  </fieldset>
);

const FreedomFields = ({ draft, onChange, problem, policy }: Fields & { policy: OwnResponse<'policy.get'> }) => {
  const { defaults, set } = policy;
  const { freedom, role } = draft;
  const least = leastRoles(defaults, set.claim_roles);
  return (
    <>
      <Choices<Freedom>
        legend={t('agent_claims')}
        value={freedom}
        options={FREEDOMS.map((one) => ({
          value: one,
          label: t(`agent_freedom_${one}`),
          detail: t(`agent_freedom_${one}_means`),
        }))}
        onChange={(chosen) => onChange({ ...draft, freedom: chosen })}
      />
      {freedom === 'listed' && (
        <ClaimPicker
          label={t('agent_claims')}
          withAny={false}
          chosen={draft.claims}
          claims={defaults.map(({ claim }) => claim)}
          names={namesOf(defaults)}
          onChange={(claims) => onChange({ ...draft, claims: claims === '*' ? [] : claims })}
          problem={problem?.field === 'claims' ? t(problem.problem) : undefined}
        />
      )}
      <div class="stack-tight">
        <SelectField
          label={t('agent_role')}
          value={role}
          options={ROLES.map((value) => ({ value, label: t(ROLE_NAMES[value]) }))}
          onChange={(chosen) => onChange({ ...draft, role: chosen })}
        />
        <p class="hint">{`${roleDetail(role, least)} ${t('agent_role_means')}`}</p>
      </div>
    </>
  );
};

const BudgetFields = ({ draft, onChange, problem }: Fields) => (
  <fieldset class="field agent-lines">
    <legend>{t('agent_budget')}</legend>
    <p class="hint">{t('agent_budget_what')}</p>
    {draft.budget.map((line) => (
      <BudgetLine
        key={line.key}
        line={line}
        onChange={(changed) => onChange(changeLine(draft, changed))}
        onRemove={() => onChange(withoutLine(draft, line.key))}
        problem={problem !== undefined && 'line' in problem && problem.line === line.key ? problem : undefined}
      />
    ))}
    <div>
      <Button onClick={() => onChange(withLine(draft))}>
        <Icon name="plus" size={16} />
        {t('agent_budget_add')}
      </Button>
    </div>
  </fieldset>
);

const BudgetLine = ({
  line,
  onChange,
  onRemove,
  problem,
}: {
  line: BudgetDraft;
  onChange: (line: BudgetDraft) => void;
  onRemove: () => void;
  problem: DraftProblem | undefined;
}) => {
  const about = (field: string) => (problem?.field === field ? t(problem.problem) : undefined);
  return (
    <div class="agent-line">
      <TextField
        label={t('limit_amount')}
        inputMode="decimal"
        maxLength={18}
        value={line.amount}
        onInput={(amount) => onChange({ ...line, amount })}
        problem={about('amount')}
      />
      <TextField
        label={t('limit_currency')}
        maxLength={3}
        value={line.currency}
        onInput={(currency) => onChange({ ...line, currency })}
        problem={about('currency')}
      />
      <SelectField
        label={t('limit_span')}
        value={line.per}
        options={LIMIT_SPANS.map((value) => ({ value, label: t(`limit_span_${value}`) }))}
        onChange={(per) => onChange({ ...line, per })}
      />
      <button type="button" class="icon-button" aria-label={t('agent_budget_remove')} onClick={onRemove}>
        <Icon name="trash" />
      </button>
      <div class="agent-line-problem">
        <Problem error={about('all')} />
      </div>
    </div>
  );
};
