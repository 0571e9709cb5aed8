import { Choices } from '../../../../components/fields.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';
import { Line } from '../parts/line.tsx';

/** Whether requests by the browser's own way come to Signet, and from which sites they do not. */
export const Digital = () => {
  const asked = useAsked('digital.get', {}, []);
  const saving = useAction();
  if (asked.state === 'loading') return null;
  if (asked.state === 'failed') return <Problem error={asked.error} />;
  const { on, otherWalletSites } = asked.value;
  const change = (work: () => Promise<unknown>) =>
    saving.run(async () => {
      try {
        await work();
      } finally {
        asked.again();
      }
    });
  return (
    <>
      <Choices
        legend={t('settings_digital_ask')}
        value={on ? 'on' : 'off'}
        options={[
          { value: 'on', label: t('settings_digital_on'), detail: t('settings_digital_on_why') },
          { value: 'off', label: t('settings_digital_off'), detail: t('settings_digital_off_why') },
        ]}
        onChange={(value) => change(() => ask('digital.turn', { on: value === 'on' }))}
      />
      {otherWalletSites > 0 && (
        <Line title={tn('settings_digital_sites', otherWalletSites)} text={t('settings_digital_sites_why')}>
          <button
            type="button"
            class="button"
            disabled={saving.busy}
            onClick={() => change(() => ask('digital.forgetSites', {}))}
          >
            {t('settings_digital_forget')}
          </button>
        </Line>
      )}
      <Problem error={saving.error} />
    </>
  );
};
