import { useState } from 'preact/hooks';
import { Button } from '../../../components/button.tsx';
import { Choices, TextField } from '../../../components/fields.tsx';
import { Problem } from '../../../components/notice.tsx';
import { useAction } from '../../../components/use-action.ts';
import type { AttributeType, AttributeView, Tier } from '../../../lib/messaging/index.ts';
import { ask } from '../../../lib/messaging/index.ts';
import { t } from '../../../lib/platform/index.ts';

const TYPES = ['text', 'number', 'date', 'yes_no'] as const satisfies readonly AttributeType[];
const MAX_LABEL = 60;
const MAX_VALUE = 500;
const DECIMAL = /^-?\d+(?:\.\d+)?$/;

/** Adds or changes one thing about the person. */
export const AttributeForm = ({
  attribute,
  onSaved,
  onCancel,
}: {
  attribute: AttributeView | undefined;
  onSaved: () => void;
  onCancel: () => void;
}) => {
  const [label, setLabel] = useState(attribute?.label ?? '');
  const [type, setType] = useState<AttributeType>(attribute?.type ?? 'text');
  const [value, setValue] = useState(attribute?.value ?? '');
  const [tier, setTier] = useState<Tier>(attribute?.tier ?? 1);
  const [tried, setTried] = useState(false);
  const { busy, error, run } = useAction();

  const changeType = (next: AttributeType) => {
    setType(next);
    setValue(next === 'yes_no' ? 'true' : '');
    setTried(false);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (label.trim() === '' || !isValue(type, value.trim())) return;
    run(async () => {
      const id = attribute === undefined ? {} : { id: attribute.id };
      await ask('attributes.save', { ...id, label: label.trim(), type, value: value.trim(), tier });
      onSaved();
    });
  };
  const about = (field: string) => (error?.field === field ? error.message : undefined);

  return (
    <form class="stack-wide narrow-form" onSubmit={submit} autocomplete="off">
      <h1>{attribute === undefined ? t('data_new_title') : t('data_edit_title')}</h1>
      <TextField
        label={t('data_label')}
        hint={t('data_label_hint')}
        value={label}
        onInput={setLabel}
        maxLength={MAX_LABEL}
        problem={about('label') ?? (tried && label.trim() === '' ? t('data_label_missing') : undefined)}
      />
      <Choices
        legend={t('data_type')}
        value={type}
        options={TYPES.map((name) => ({ value: name, label: t(`type_${name}`) }))}
        onChange={changeType}
      />
      {type === 'yes_no' ? (
        <Choices
          legend={t('data_value')}
          value={value === 'false' ? 'false' : 'true'}
          options={[
            { value: 'true', label: t('yes') },
            { value: 'false', label: t('no') },
          ]}
          onChange={setValue}
        />
      ) : (
        <TextField
          label={t('data_value')}
          type={type === 'date' ? 'date' : 'text'}
          inputMode={type === 'number' ? 'decimal' : 'text'}
          value={value}
          onInput={setValue}
          maxLength={MAX_VALUE}
          problem={about('value') ?? (tried && !isValue(type, value.trim()) ? t(`data_value_bad_${type}`) : undefined)}
        />
      )}
      <Choices
        legend={t('data_tier')}
        value={tier}
        options={[
          { value: 1, label: t('tier_1'), detail: t('tier_1_means') },
          { value: 2, label: t('tier_2'), detail: t('tier_2_means') },
        ]}
        onChange={setTier}
      />
      <Problem error={error?.field === undefined ? error : undefined} />
      <div class="row-wrap">
        <Button type="submit" look="primary" busy={busy}>
          {t('save')}
        </Button>
        <Button look="quiet" onClick={onCancel}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  );
};

function isValue(type: AttributeType, value: string): boolean {
  switch (type) {
    case 'text':
      return value !== '';
    case 'number':
      return DECIMAL.test(value);
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(value);
    case 'yes_no':
      return value === 'true' || value === 'false';
  }
}
