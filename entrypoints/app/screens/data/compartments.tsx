import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { EraseConfirm, isEraseWord } from '../../../../components/erase-confirm.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import type { CompartmentView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';
import { BackupTimes } from '../../backups-made.tsx';
import { Empty } from '../parts/empty.tsx';
import { SectionHead } from '../parts/section-head.tsx';

/** What is locked away, by compartment, and the way to be rid of one. */
export const Compartments = () => {
  const asked = useAsked('compartments.list', {}, ['status', 'attributes', 'credentials']);
  const [erasing, setErasing] = useState<CompartmentView | undefined>(undefined);
  return (
    <div class="stack-wide narrow-form">
      <SectionHead title={t('compartments_title')} lead={t('compartments_lead')} />
      {asked.state === 'loading' && <Loading />}
      {asked.state === 'failed' && <Problem error={asked.error} />}
      {asked.state === 'ready' && asked.value.compartments.length === 0 && (
        <Empty title={t('compartments_empty')}>
          <p class="soft">{t('compartments_empty_why')}</p>
          <a class="button primary" href="#/data/new">
            {t('compartments_first')}
          </a>
        </Empty>
      )}
      {asked.state === 'ready' && asked.value.compartments.length > 0 && (
        <ul class="attributes">
          {asked.value.compartments.map((compartment) => (
            <li key={compartment.name}>
              <span class="soft">
                <Icon name="lock" />
              </span>
              <div class="grow">
                <p class="attribute-value">{t(`compartment_${compartment.name}`)}</p>
                <p class="small soft">
                  {tn('compartments_records', compartment.records)} ·{' '}
                  {compartment.backups.length === 0
                    ? t('compartments_no_backups')
                    : tn('compartments_backups', compartment.backups.length)}
                </p>
              </div>
              <Button
                look="harm"
                name={t('compartments_erase', t(`compartment_${compartment.name}`))}
                onClick={() => setErasing(compartment)}
              >
                <Icon name="trash" size={16} />
                {t('compartments_erase_button')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {erasing !== undefined && (
        <EraseCompartment
          compartment={erasing}
          onClose={() => {
            setErasing(undefined);
            asked.again();
          }}
        />
      )}
    </div>
  );
};

const EraseCompartment = ({ compartment, onClose }: { compartment: CompartmentView; onClose: () => void }) => {
  const [word, setWord] = useState('');
  const [tried, setTried] = useState(false);
  const { busy, error, run } = useAction();
  const { name, records, backups } = compartment;
  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (!isEraseWord(word)) return;
    run(async () => {
      await ask('compartments.erase', { name, confirm: 'erase' });
      onClose();
    });
  };
  return (
    <Dialog title={t('compartments_erase_title', t(`compartment_${name}`))} onClose={onClose}>
      <form class="stack" onSubmit={submit} autocomplete="off">
        <p>{tn('compartments_erase_lost', records)}</p>
        {backups.length > 0 && (
          <Notice tone="warn">
            <div class="stack-tight">
              <p>{t('compartments_erase_backups')}</p>
              <BackupTimes times={backups} />
            </div>
          </Notice>
        )}
        <p class="soft">
          {t('compartments_erase_cannot')}{' '}
          <a class="link" href="#/move">
            {t('move_title')}
          </a>
        </p>
        <EraseConfirm value={word} onInput={setWord} tried={tried} />
        <Problem error={error} />
        <div class="actions">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" look="harm filled" busy={busy}>
            {t('compartments_erase_button')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
