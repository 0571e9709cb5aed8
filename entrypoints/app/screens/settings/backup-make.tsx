import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Tick } from '../../../../components/fields.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { emptyPassword, isUsable, NewPassword } from '../../../../components/new-password.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { Progress } from '../../../../components/progress.tsx';
import { sizeWords } from '../../../../components/size-words.ts';
import { suggestPassphrase } from '../../../../components/suggest-passphrase.ts';
import { useAction } from '../../../../components/use-action.ts';
import { SignetError } from '../../../../lib/core/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import type { BackupFile } from '../../backup-transfer.ts';
import { fetchBackup } from '../../backup-transfer.ts';
import { saveBlob } from '../../save-file.ts';
import { useTransfer } from '../../use-transfer.ts';
import { SectionHead } from '../parts/section-head.tsx';

/** A backup file: its passphrase, what goes into it, the file itself, and the person's word that it is kept. */
export const MakeBackup = ({ onDone }: { onDone: () => void }) => {
  const [made, setMade] = useState<BackupFile | undefined>(undefined);
  return (
    <div class="stack-wide narrow-form">
      <SectionHead title={t('backup_make')} lead={made === undefined ? t('backup_make_lead') : t('backup_save_lead')} />
      {made === undefined ? <Choose onMade={setMade} onCancel={onDone} /> : <Save file={made} onDone={onDone} />}
    </div>
  );
};

const Choose = ({ onMade, onCancel }: { onMade: (file: BackupFile) => void; onCancel: () => void }) => {
  const [passphrase, setPassphrase] = useState(emptyPassword);
  const [suggested, setSuggested] = useState<string | undefined>(undefined);
  const [tier3, setTier3] = useState(false);
  const [tried, setTried] = useState(false);
  const making = useTransfer();
  const suggesting = useAction();

  const suggest = () =>
    suggesting.run(async () => {
      const words = await suggestPassphrase((count) => crypto.getRandomValues(new Uint32Array(count)));
      setSuggested(words);
      setPassphrase({ password: words, repeat: words });
    });
  const make = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (!isUsable(passphrase)) return;
    making.run(async (transfer) => {
      const file = await fetchBackup({ passphrase: passphrase.password, tier3 }, transfer);
      setPassphrase(emptyPassword);
      onMade(file);
    });
  };

  if (making.busy) return <Progress label={t('backup_making')} done={making.done} onCancel={making.cancel} />;
  return (
    <form class="stack-wide" onSubmit={make} autocomplete="off">
      <div class="stack">
        <NewPassword
          state={passphrase}
          onChange={(next) => {
            setSuggested(undefined);
            setPassphrase(next);
          }}
          tried={tried}
          words={{
            label: t('backup_passphrase'),
            repeat: t('backup_passphrase_repeat'),
            differs: t('backup_passphrase_differs'),
          }}
        />
        {suggested === undefined ? (
          <div>
            <Button busy={suggesting.busy} onClick={suggest}>
              {t('backup_suggest')}
            </Button>
          </div>
        ) : (
          <div class="suggested" role="status">
            <p class="small soft">{t('backup_suggested')}</p>
            <p class="mono" translate={false} lang="en">
              {suggested}
            </p>
          </div>
        )}
        <Problem error={suggesting.error} />
      </div>
      <Tick label={t('backup_tier3')} detail={t('backup_tier3_means')} checked={tier3} onChange={setTier3} />
      <Notice tone="warn">{t('backup_passphrase_warn')}</Notice>
      <Problem error={making.error} />
      <div class="row-wrap">
        <Button type="submit" look="primary">
          {t('backup_make_submit')}
        </Button>
        <Button look="quiet" onClick={onCancel}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  );
};

/** The file is offered at once, and again as often as the person likes; only their word ends the reminder. */
const Save = ({ file, onDone }: { file: BackupFile; onDone: () => void }) => {
  const heading = useRef<HTMLHeadingElement>(null);
  const [done, setDone] = useState<'noted' | 'unnoted' | undefined>(undefined);
  const { busy, error, run } = useAction();
  const save = () => saveBlob(file.name, file.content);
  useEffect(() => {
    save();
    heading.current?.focus();
  }, []);
  const confirm = () =>
    run(async () => {
      try {
        await ask('backup.saved', { id: file.id });
        setDone('noted');
      } catch (thrown) {
        if (SignetError.from(thrown).reason !== 'read_only') throw thrown;
        setDone('unnoted'); // nothing can be written now; the file is as good
      }
    });

  if (done !== undefined) {
    return (
      <>
        <Notice tone="safe">{done === 'noted' ? t('backup_saved') : t('backup_saved_unnoted')}</Notice>
        <div>
          <Button look="primary" onClick={onDone}>
            {t('done')}
          </Button>
        </div>
      </>
    );
  }
  return (
    <section class="card stack">
      <h2 class="card-title" tabIndex={-1} ref={heading}>
        {t('backup_file_ready')}
      </h2>
      <p class="row-wrap">
        <Icon name="archive" />
        <span class="mono">{file.name}</span>
        <span class="soft">{sizeWords(file.bytes)}</span>
      </p>
      <p>{t('backup_save_where')}</p>
      <Problem error={error} />
      <div class="row-wrap">
        <Button look="primary" busy={busy} onClick={confirm}>
          {t('backup_save_confirm')}
        </Button>
        <Button onClick={save}>
          <Icon name="download" size={16} />
          {t('backup_save_again')}
        </Button>
      </div>
    </section>
  );
};
