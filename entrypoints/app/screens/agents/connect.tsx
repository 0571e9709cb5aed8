import { useState } from 'preact/hooks';
import { AGENTS } from '../../../../components/agents/agent-hash.ts';
import { Loading } from '../../../../components/loading.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { useAsked } from '../../../../components/use-asked.ts';
import { t } from '../../../../lib/platform/index.ts';
import { ConnectCompare } from './connect-compare.tsx';
import { ConnectDone } from './connect-done.tsx';
import { ConnectSteps } from './connect-steps.tsx';

/**
 * Connects one more agent. How far that has come is the worker's to say, so that a reload of this page, or of all of Signet,
 * goes on where the person was.
 */
export const Connect = () => {
  const asked = useAsked('agents.pairing.state', {}, ['agents', 'status']);
  const [done, setDone] = useState<string | undefined>(undefined);
  const isAtStart = done === undefined && asked.state === 'ready' && asked.value.step !== 'compare';
  return (
    <div class="stack-wide connect">
      <header class="stack-tight">
        <a class="link back" href={AGENTS}>
          {t('agents_back')}
        </a>
        <h1>{t('agents_connect')}</h1>
        {isAtStart && <p class="lead">{t('connect_lead')}</p>}
      </header>
      {asked.state === 'loading' && <Loading />}
      {asked.state === 'failed' && <Problem error={asked.error} />}
      {done !== undefined && <ConnectDone id={done} />}
      {done === undefined &&
        asked.state === 'ready' &&
        (asked.value.step === 'compare' ? (
          <ConnectCompare key={asked.value.digits} pairing={asked.value} onDone={setDone} />
        ) : (
          <ConnectSteps pairing={asked.value} again={asked.again} />
        ))}
    </div>
  );
};
