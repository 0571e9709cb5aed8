import { useEffect, useRef } from 'preact/hooks';
import { agentHash } from '../../../../components/agents/agent-hash.ts';
import { Notice } from '../../../../components/notice.tsx';
import { t } from '../../../../lib/platform/index.ts';
import { Command } from './command.tsx';
import { LINE } from './commands.ts';

/** The agent is known: what is left is one line where its client is configured. */
export const ConnectDone = ({ id }: { id: string }) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section class="stack">
      <Notice tone="safe">
        <h2 ref={heading} tabIndex={-1} class="card-title">
          {t('connect_done')}
        </h2>
        <p>{t('connect_done_means')}</p>
      </Notice>
      <h2 class="card-title">{t('connect_line')}</h2>
      <p>{t('connect_line_means')}</p>
      <Command text={LINE} />
      <p>
        <a class="button primary" href={agentHash(id)}>
          {t('connect_show')}
        </a>
      </p>
    </section>
  );
};
