import { useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { compartmentList } from '../../components/compartment-words.ts';
import { EraseConfirm, isEraseWord } from '../../components/erase-confirm.tsx';
import { Choices, PasswordField } from '../../components/fields.tsx';
import { Icon } from '../../components/icon.tsx';
import { emptyPassword, isUsable, NewPassword } from '../../components/new-password.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { PhraseInput } from '../../components/phrase-input.tsx';
import type { PhraseCheck } from '../../components/phrase-words.ts';
import { Progress } from '../../components/progress.tsx';
import { useAction } from '../../components/use-action.ts';
import type { OwnRequest, RestoreReport } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t, tn } from '../../lib/platform/index.ts';
import { BackupFacts, checkpointWords } from './backup-facts.tsx';
import type { OpenedBackup } from './choose-backup.tsx';
import { ChooseBackup } from './choose-backup.tsx';
import { Step } from './onboarding/steps.tsx';
import { reloadAt } from './route.ts';

const STEPS = 3;

type At =
  | { readonly step: 'file' }
  | { readonly step: 'opener'; readonly backup: OpenedBackup }
  | { readonly step: 'report'; readonly report: RestoreReport; readonly byWords: boolean };

/**
 * A whole vault back from a backup file: the file and its passphrase, then what opened the vault at that time. What is
 * there goes only when its owner types so, and only once the backup was seen to open.
 */
export const FromBackup = ({
  vaultExists,
  onDone,
  onBack,
}: {
  vaultExists: boolean;
  onDone: () => void;
  onBack: () => void;
}) => {
  const [at, setAt] = useState<At>({ step: 'file' });
  const [replaces] = useState(vaultExists); // what is there after it was restored is another one
  switch (at.step) {
    case 'file':
      return (
        <Step number={1} of={STEPS} title={t('from_backup_title')} lead={t('from_backup_lead')}>
          <ChooseBackup submit={t('next')} onOpened={(backup) => setAt({ step: 'opener', backup })} onBack={onBack} />
        </Step>
      );
    case 'opener':
      return (
        <Step number={2} of={STEPS} title={t('from_backup_open_title')} lead={t('from_backup_open_lead')}>
          <Commit
            backup={at.backup}
            replaces={replaces}
            onRestored={(report, byWords) => setAt({ step: 'report', report, byWords })}
            onBack={() => setAt({ step: 'file' })}
          />
        </Step>
      );
    case 'report':
      return (
        <Step number={3} of={STEPS} title={t('done_restored_title')} lead={t('from_backup_done_lead')} done>
          <Report report={at.report} byWords={at.byWords} />
          <div>
            <Button look="primary" onClick={onDone}>
              {t('done_open')}
            </Button>
          </div>
        </Step>
      );
  }
};

type RestoreOpener = OwnRequest<'restore.commit'>['opener'];

const Commit = ({
  backup,
  replaces,
  onRestored,
  onBack,
}: {
  backup: OpenedBackup;
  replaces: boolean;
  onRestored: (report: RestoreReport, byWords: boolean) => void;
  onBack: () => void;
}) => {
  const [way, setWay] = useState<'password' | 'phrase'>('password');
  const [old, setOld] = useState('');
  const [check, setCheck] = useState<PhraseCheck>({ state: 'empty' });
  const [fresh, setFresh] = useState(emptyPassword);
  const [erase, setErase] = useState('');
  const [tried, setTried] = useState(false);
  const { busy, error, run } = useAction();

  const opener = (): RestoreOpener | undefined => {
    if (way === 'password') return old === '' ? undefined : { password: old };
    if (check.state !== 'right' || !isUsable(fresh)) return undefined;
    return { phrase: check.phrase, password: fresh.password };
  };
  const restore = (event: Event) => {
    event.preventDefault();
    setTried(true);
    const by = opener();
    if (by === undefined || (replaces && !isEraseWord(erase))) return;
    run(async () => {
      const { id, passphrase } = backup;
      const report = await ask('restore.commit', { id, passphrase, opener: by, eraseExisting: replaces });
      reloadAt('#/credentials'); // the vault of the backup
      onRestored(report, 'phrase' in by);
    });
  };
  const isAboutPassword = error?.reason === 'wrong_password' || error?.reason === 'wait' || error?.field === 'password';

  return (
    <form onSubmit={restore} autocomplete="off">
      {busy && <Progress label={t('from_backup_working')} />}
      <div class="stack-wide" hidden={busy}>
        <section class="card">
          <BackupFacts report={backup.report} />
        </section>
        <Choices
          legend={t('from_backup_way')}
          value={way}
          options={[
            { value: 'password', label: t('from_backup_way_password'), detail: t('from_backup_way_password_means') },
            { value: 'phrase', label: t('from_backup_way_phrase'), detail: t('from_backup_way_phrase_means') },
          ]}
          onChange={setWay}
        />
        {way === 'password' ? (
          <PasswordField
            label={t('from_backup_password')}
            value={old}
            onInput={setOld}
            problem={
              isAboutPassword ? error.message : tried && old === '' ? t('from_backup_password_missing') : undefined
            }
          />
        ) : (
          <>
            <PhraseInput onCheck={setCheck} tried={tried} />
            <NewPassword state={fresh} onChange={setFresh} tried={tried} />
          </>
        )}
        {replaces && (
          <Notice tone="harm">
            <div class="stack">
              <p>
                <strong>{t('restore_erase_title')}</strong> {t('from_backup_erase')}
              </p>
              <EraseConfirm value={erase} onInput={setErase} tried={tried} />
            </div>
          </Notice>
        )}
        <Problem error={way === 'password' && isAboutPassword ? undefined : error} />
        <div class="row-wrap">
          <Button type="submit" look={replaces ? 'harm filled' : 'primary'}>
            {replaces ? t('restore_erase_submit') : t('restore_submit')}
          </Button>
          <Button look="quiet" onClick={onBack}>
            {t('back')}
          </Button>
        </div>
      </div>
    </form>
  );
};

/** What came back, and what an older state means for it. */
const Report = ({ report, byWords }: { report: RestoreReport; byWords: boolean }) => (
  <div class="stack-wide">
    <ul class="checks">
      <li class="is-safe">
        <Icon name="check" />
        <span>{tn('restored_records', report.records)}</span>
      </li>
      {byWords && (
        <li class="is-warn">
          <Icon name="warn" />
          <span>{t('restored_tier2_lost')}</span>
        </li>
      )}
      {report.maybeUsed > 0 && (
        <li class="is-warn">
          <Icon name="warn" />
          <span>{tn('restored_maybe_used', report.maybeUsed)}</span>
        </li>
      )}
      {report.keptErased.length > 0 && (
        <li class="is-safe">
          <Icon name="check" />
          <span>{t('restored_kept_erased', compartmentList(report.keptErased))}</span>
        </li>
      )}
    </ul>
    <section class="stack">
      <h2>{t('restored_states')}</h2>
      <dl class="facts-list">
        <dt>{t('restored_state_backup')}</dt>
        <dd>{checkpointWords(report.backup)}</dd>
        <dt>{t('restored_state_replaced')}</dt>
        <dd>{report.replaced === undefined ? t('restored_state_unknown') : checkpointWords(report.replaced)}</dd>
      </dl>
      <p class="soft">{lostSince(report)}</p>
    </section>
  </div>
);

function lostSince({ backup, replaced }: RestoreReport): string {
  if (replaced === undefined) return t('restored_since_unknown');
  const since = replaced.size - backup.size;
  return since > 0 ? tn('restored_since', since) : t('restored_since_none');
}
