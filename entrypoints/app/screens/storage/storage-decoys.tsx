import { useState } from 'preact/hooks';
import { Choices } from '../../../../components/fields.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';

/** The decoy dial, with what either side costs. */
export const StorageDecoys = ({ onChanged }: { onChanged: () => void }) => {
  const asked = useAsked('settings.get', {}, []);
  const saving = useAction();
  const [chosen, setChosen] = useState<'on' | 'off' | undefined>(undefined);
  if (asked.state === 'loading') return null;
  if (asked.state === 'failed') return <Problem error={asked.error} />;
  const settings = asked.value;
  const choose = (value: 'on' | 'off') => {
    setChosen(value);
    saving.run(async () => {
      try {
        await ask('settings.set', { ...settings, decoys: value === 'on' });
        asked.again();
        onChanged();
      } catch (error) {
        setChosen(undefined);
        throw error;
      }
    });
  };
  return (
    <div class="line decoys">
      <div class="grow stack">
        <Choices
          legend={t('storage_decoys')}
          value={chosen ?? (settings.decoys ? 'on' : 'off')}
          options={[
            { value: 'on', label: t('storage_decoys_on'), detail: t('storage_decoys_on_why') },
            { value: 'off', label: t('storage_decoys_off'), detail: t('storage_decoys_off_why') },
          ]}
          onChange={choose}
        />
        <p class="hint">{t('storage_decoys_when')}</p>
        <Problem error={saving.error} />
      </div>
    </div>
  );
};
