import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Choices, TextField } from '../../../../components/fields.tsx';
import { COMPARTMENTS } from '../../../../components/compartment-words.ts';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { isAboutOpener, OpenerField, useOpener } from '../../../../components/opener.tsx';
import { useAction } from '../../../../components/use-action.ts';
import type {
  AttributeType,
  AttributeView,
  CompartmentName,
  Tier,
  WalletStatus,
} from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';

const TYPES = ['text', 'number', 'date', 'yes_no'] as const satisfies readonly AttributeType[];
const MAX_LABEL = 60;
const MAX_VALUE = 500;
const DECIMAL = /^-?\d+(?:\.\d+)?$/;

/** Adds or changes one thing about the person. */
export const AttributeForm = ({
  attribute,
  status,
  onSaved,
  onCancel,
}: {
  attribute: AttributeView | undefined;
  status: WalletStatus;
  onSaved: () => void;
  onCancel: () => void;
}) => {
  const [label, setLabel] = useState(attribute?.label ?? '');
  const [type, setType] = useState<AttributeType>(attribute?.type ?? 'text');
  const [value, setValue] = useState(attribute?.value ?? startOf(attribute?.type));
  const [tier, setTier] = useState<Tier>(attribute?.tier ?? 1);
  const [compartment, setCompartment] = useState<CompartmentName>(attribute?.compartment ?? 'private');
  const [tried, setTried] = useState(false);
  const opener = useOpener(status);
  const { busy, error, run } = useAction();
  const hidden = attribute !== undefined && attribute.value === undefined;

  const changeType = (next: AttributeType) => {
    setType(next);
    setValue(startOf(next));
    setTried(false);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (label.trim() === '' || !isValue(type, value.trim()) || (tier === 3 && !opener.ready)) return;
    run(async () => {
      const id = attribute === undefined ? {} : { id: attribute.id };
      const said = { ...id, label: label.trim(), type, value: value.trim() };
      if (tier === 3) await opener.use((by) => ask('attributes.save', { ...said, tier, compartment, opener: by }));
      else await ask('attributes.save', { ...said, tier });
      onSaved();
    });
  };
  const about = (field: string) => (error?.field === field ? error.message : undefined);
  const isSaidAbove = error?.field === 'label' || error?.field === 'value' || isAboutOpener(error);

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
      {hidden && <Notice tone="info">{t('data_value_hidden')}</Notice>}
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
          { value: 3, label: t('tier_3'), detail: t('tier_3_means') },
        ]}
        onChange={setTier}
      />
      {tier === 3 && (
        <>
          <Choices
            legend={t('compartment')}
            value={compartment}
            options={COMPARTMENTS.map((name) => ({
              value: name,
              label: t(`compartment_${name}`),
              detail: t(`compartment_${name}_means`),
            }))}
            onChange={setCompartment}
          />
          <OpenerField opener={opener} status={status} tried={tried} error={error} busy={busy} />
        </>
      )}
      <Problem error={isSaidAbove ? undefined : error} />
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

/** What the field holds before anything was said. */
const startOf = (type: AttributeType | undefined): string => (type === 'yes_no' ? 'true' : '');

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
