import { spentOfWords } from '../../../../components/agents/agent-words.ts';
import { amountWords, leftAfter, shareOf } from '../../../../components/capability/amount-words.ts';
import { ShareBar } from '../../../../components/capability/share-bar.tsx';
import type { AgentView } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';

/** What an agent spent of each line of its budget, and what is left of it. */
export const AgentSpent = ({ agent: { limits, spent } }: { agent: AgentView }) => (
  <section class="stack">
    <h2>{t('agent_spent')}</h2>
    <ul class="agent-budget">
      {limits.budget.map((line, at) => {
        const used = spent[at] ?? '0';
        return (
          <li key={`${line.currency} ${line.per}`}>
            <p class="agent-sum">
              {spentOfWords(line, used)}
              {line.per !== 'token' && (
                <span class="soft">
                  {' · '}
                  {t('agent_left', amountWords(leftAfter(line.amount, used, line.currency), line.currency))}
                </span>
              )}
            </p>
            {line.per !== 'token' && <ShareBar share={shareOf(used, line.amount)} />}
          </li>
        );
      })}
    </ul>
    <p class="small soft">{t('agent_spent_what')}</p>
  </section>
);
