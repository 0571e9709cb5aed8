import { attributeWords } from '../../components/attribute-words.ts';
import { Notice } from '../../components/notice.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { displayText } from '../../lib/core/index.ts';
import type { AgentCallView, AttributeType, CompartmentName } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { Section } from './frame.tsx';

type Storing = Extract<AgentCallView['asks'], { tool: 'store_data' }>;

const COMPARTMENTS = ['health', 'payment', 'private'] as const satisfies readonly CompartmentName[];
const TYPES: readonly string[] = ['text', 'number', 'date', 'yes_no'] satisfies AttributeType[];
const isType = (type: string): type is AttributeType => TYPES.includes(type);

/** What an agent would put into the vault, where it would lie, and what goes for it. */
export const AgentKeeps = ({
  asks,
  compartment,
  onChoose,
}: {
  asks: Storing;
  /** Where it goes; undefined where that is no question. */
  compartment: CompartmentName | undefined;
  onChoose: (compartment: CompartmentName) => void;
}) => {
  const { label, type, value, tier, replaces } = asks;
  const shown = displayText(value, 500);
  return (
    <>
      <Section title={t('agent_will_keep')}>
        <div class="opened">
          <h2>
            <bdi dir="auto">{displayText(label, 80)}</bdi>
          </h2>
          <p class="opened-value">
            <bdi dir="auto">{isType(type) ? attributeWords(type, shown) : shown}</bdi>
          </p>
        </div>
        {replaces && <Notice tone="warn">{t('agent_replaces')}</Notice>}
      </Section>
      <Section title={t('agent_keeps_where')}>
        <p>
          <strong>{t(`tier_${tier}`)}</strong> <span class="soft">{t(`tier_${tier}_means`)}</span>
        </p>
        {compartment !== undefined && (
          <SelectField
            label={t('agent_compartment')}
            value={compartment}
            options={COMPARTMENTS.map((one) => ({ value: one, label: t(`compartment_${one}`) }))}
            onChange={onChoose}
          />
        )}
      </Section>
      <p class="soft">{t('agent_keeps_word')}</p>
    </>
  );
};
