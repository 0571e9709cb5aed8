import { useState } from 'preact/hooks';
import type { AgentDraft } from '../../../../components/agents/agent-draft.ts';
import { draftOfAgent, readDraft } from '../../../../components/agents/agent-draft.ts';
import { budgetWords, claimsWords, tiersWords } from '../../../../components/agents/agent-words.ts';
import { Button } from '../../../../components/button.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { namesOf, ROLE_NAMES } from '../../../../components/site-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import type { AgentView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { AgentLimitFields } from './agent-limit-fields.tsx';

/** What an agent may do, in words; changed in the same place. */
export const AgentMay = ({ agent }: { agent: AgentView }) => {
  const [editing, setEditing] = useState(false);
  return (
    <section class="stack">
      <div class="agent-section-head">
        <h2>{t('agent_may')}</h2>
        {!editing && (
          <Button onClick={() => setEditing(true)} name={t('agent_may_change')}>
            <Icon name="edit" size={16} />
            {t('agent_change')}
          </Button>
        )}
      </div>
      {editing ? <Edit agent={agent} onDone={() => setEditing(false)} /> : <Words agent={agent} />}
    </section>
  );
};

const Words = ({ agent: { role, limits } }: { agent: AgentView }) => {
  const policy = useAsked('policy.get', {}, ['policy']);
  const names = namesOf(policy.state === 'ready' ? policy.value.defaults : []);
  return (
    <>
      <dl class="agent-may">
        <dt>{t('agent_role')}</dt>
        <dd>{t(ROLE_NAMES[role])}</dd>
        <dt>{t('agent_tiers')}</dt>
        <dd>{tiersWords(limits.tiers)}</dd>
        <dt>{t('agent_claims')}</dt>
        <dd>
          <bdi dir="auto">{claimsWords(limits.claims, names)}</bdi>
        </dd>
        <dt>{t('agent_budget')}</dt>
        <dd>{budgetWords(limits.budget)}</dd>
      </dl>
      <p class="small soft">{t('agent_may_what')}</p>
    </>
  );
};

const Edit = ({ agent, onDone }: { agent: AgentView; onDone: () => void }) => {
  const [draft, setDraft] = useState<AgentDraft>(() => draftOfAgent(agent));
  const [tried, setTried] = useState(false);
  const { busy, error, run } = useAction();
  const read = readDraft(draft);
  const save = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if ('problem' in read) return;
    run(async () => {
      await ask('agents.limit', { id: agent.id, ...read });
      onDone();
    });
  };
  return (
    <form class="stack-wide card" onSubmit={save} noValidate>
      <AgentLimitFields draft={draft} onChange={setDraft} problem={tried && 'problem' in read ? read : undefined} />
      <div class="stack-tight">
        <Problem error={error} />
        <div class="actions">
          <Button onClick={onDone}>{t('cancel')}</Button>
          <Button type="submit" look="primary" busy={busy}>
            {t('save')}
          </Button>
        </div>
      </div>
    </form>
  );
};
