import { useState } from 'preact/hooks';
import { AGENTS } from '../../../../components/agents/agent-hash.ts';
import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';

/** The one switch for all agents: on, it stands above everything else until it is turned off. */
export const AllAgents = ({ stopped }: { stopped: boolean }) => (stopped ? <Stopped /> : <Stop />);

const Stopped = () => {
  const { busy, error, run } = useAction();
  const start = () =>
    run(async () => {
      await ask('agents.startAll', {});
    });
  return (
    <section class="agents-stopped" aria-label={t('agents_stopped')}>
      <Icon name="pause" size={28} />
      <div class="grow stack-tight">
        <h2>{t('agents_stopped')}</h2>
        <p>{t('agents_stopped_means')}</p>
        <Problem error={error} />
      </div>
      <Button busy={busy} onClick={start}>
        {t('agents_start')}
      </Button>
    </section>
  );
};

const Stop = () => {
  const [asking, setAsking] = useState(false);
  return (
    <div class="agents-switch">
      <p class="soft grow">{t('agents_stop_what')}</p>
      <Button look="harm" onClick={() => setAsking(true)}>
        <Icon name="pause" size={16} />
        {t('agents_stop')}
      </Button>
      {asking && <StopDialog onClose={() => setAsking(false)} />}
    </div>
  );
};

const StopDialog = ({ onClose }: { onClose: () => void }) => {
  const { busy, error, run } = useAction();
  const stop = () =>
    run(async () => {
      await ask('agents.stopAll', {});
      onClose();
    });
  return (
    <Dialog title={t('agents_stop_title')} onClose={onClose}>
      <p>{t('agents_stop_does')}</p>
      <p class="soft">{t('agents_stop_kept')}</p>
      <Problem error={error} />
      <div class="actions">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button look="harm filled" busy={busy} onClick={stop}>
          {t('agents_stop')}
        </Button>
      </div>
    </Dialog>
  );
};

/** On all other screens: that no agent is listened to, for as long as that is so. */
export const AgentsStopped = () => {
  const asked = useAsked('agents.list', {}, ['agents']);
  if (asked.state !== 'ready' || !asked.value.stopped) return null;
  return (
    <Notice tone="warn">
      <strong>{t('agents_stopped')}</strong>{' '}
      <a class="link" href={AGENTS}>
        {t('agents_stopped_link')}
      </a>
    </Notice>
  );
};
