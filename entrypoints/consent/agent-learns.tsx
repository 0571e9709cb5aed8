import { conclusionWords } from '../../components/agents/conclusion-words.ts';
import { queryWords } from '../../components/agents/query-words.ts';
import { Icon } from '../../components/icon.tsx';
import { Notice } from '../../components/notice.tsx';
import { Origin } from '../../components/origin.tsx';
import { Rich } from '../../components/rich.tsx';
import { allOf } from '../../components/policy/list-words.ts';
import { displayText } from '../../lib/core/index.ts';
import type { SELF_ISSUER } from '../../lib/credentials/index.ts';
import type { AgentCallView } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { labelWords } from './fact-words.ts';
import { Section } from './frame.tsx';

/** Who vouches for what a person says themselves: its type alone is imported. */
const SELF: typeof SELF_ISSUER = 'self';

type Query = Extract<AgentCallView['asks'], { tool: 'query' }>;

/** What an agent would be told, whose word that is, and how it asked. The value itself stays where it is. */
export const AgentLearns = ({ asks }: { asks: Query }) => {
  const { label, conclusion, source, told, query } = asks;
  const question = queryWords(query);
  return (
    <>
      <Section title={t('agent_will_learn')}>
        <ul class="facts">
          <li class="fact">
            <span class="is-safe">
              <Icon name="check" size={20} />
            </span>
            <span>
              <bdi dir="auto">{labelWords(displayText(label, 80))}</bdi>
              {question !== undefined && (
                <bdi dir="auto" class="fact-value soft">
                  {question}
                </bdi>
              )}
              <bdi dir="auto" class="fact-value conclusion">
                {conclusionWords(conclusion)}
              </bdi>
            </span>
          </li>
        </ul>
        {told.length > 0 && (
          <Notice tone="warn">
            <bdi dir="auto">{t('agent_told_before', allOf(told.map((one) => displayText(one, 60))))}</bdi>
          </Notice>
        )}
      </Section>
      <Section title={t('agent_will_not_learn')}>
        <p>
          <bdi dir="auto">{t('agent_not_the_value', displayText(label, 80))}</bdi>
        </p>
      </Section>
      <Section title={t('from')}>
        <p>
          {source === SELF ? (
            t('self_source')
          ) : URL.canParse(source) ? (
            <Rich message="agent_source_issuer" parts={[<Origin origin={source} />]} />
          ) : (
            <bdi dir="auto">{displayText(source, 120)}</bdi>
          )}
        </p>
      </Section>
      <Section title={t('agent_as_asked')}>
        <pre class="raw" tabIndex={0} aria-label={t('agent_as_asked')} dir="ltr">
          {displayText(query, 300)}
        </pre>
      </Section>
    </>
  );
};
