import { useState } from 'preact/hooks';
import { agentTitle } from '../../../../components/agents/agent-mark.tsx';
import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { TextField } from '../../../../components/fields.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { useAction } from '../../../../components/use-action.ts';
import type { AgentView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';

/** The most characters of a name. */
export const NAME_MOST = 60;

/** Gives an agent another name. */
export const AgentRename = ({ agent: { id, name }, onClose }: { agent: AgentView; onClose: () => void }) => {
  const [typed, setTyped] = useState(name);
  const [tried, setTried] = useState(false);
  const { busy, error, run } = useAction();
  const problem = tried && typed.trim() === '' ? t('agent_name_missing') : undefined;
  const save = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (typed.trim() === '') return;
    run(async () => {
      await ask('agents.rename', { id, name: typed.trim() });
      onClose();
    });
  };
  return (
    <Dialog title={t('agent_rename_title')} onClose={onClose}>
      <form class="stack" onSubmit={save}>
        <TextField
          label={t('agent_name')}
          value={typed}
          onInput={setTyped}
          maxLength={NAME_MOST}
          hint={t('agent_name_hint')}
          problem={problem}
        />
        <Problem error={error} />
        <div class="actions">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" look="primary" busy={busy}>
            {t('save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};

/** Ends an agent for good, once the person read what goes with it and what stays. */
export const AgentRevoke = ({ agent: { id, name }, onClose }: { agent: AgentView; onClose: () => void }) => {
  const { busy, error, run } = useAction();
  const revoke = () =>
    run(async () => {
      await ask('agents.revoke', { id });
      onClose();
    });
  return (
    <Dialog title={t('agent_revoke_title', agentTitle(name))} onClose={onClose}>
      <p>{t('agent_revoke_does')}</p>
      <p>{t('agent_revoke_lost')}</p>
      <p class="soft">{t('agent_revoke_kept')}</p>
      <Problem error={error} />
      <div class="actions">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button look="harm filled" busy={busy} onClick={revoke}>
          {t('agent_revoke')}
        </Button>
      </div>
    </Dialog>
  );
};
