import { Icon } from '../../components/icon.tsx';
import { Loading } from '../../components/loading.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { useAsked } from '../../components/use-asked.ts';
import type { RecoveryReport, VaultState } from '../../lib/messaging/index.ts';
import { t, tn } from '../../lib/platform/index.ts';
import { SaveRawRows } from './save-raw-rows.tsx';

/**
 * The vault is damaged, or the browser removed it; or it is open, and its owner wants to see the ways back. Nothing
 * here writes: a new vault is never made over an old one unasked.
 */
export const Recovery = ({ vault }: { vault: VaultState }) => {
  const asked = useAsked('recovery.report', {}, ['status']);
  const report = asked.state === 'ready' ? asked.value : undefined;
  const open = vault === 'unlocked';
  const evicted = report?.records === 0;
  return (
    <main class="alone">
      {open && (
        <a class="link back" href="#/data">
          {t('recovery_back')}
        </a>
      )}
      <div class="row">
        <span class={open ? 'is-warn' : 'is-harm'}>
          <Icon name={open ? 'warn' : 'harm'} size={32} />
        </span>
        <h1>{t(open ? 'recovery_open_title' : evicted ? 'recovery_evicted_title' : 'recovery_title')}</h1>
      </div>
      {asked.state === 'loading' && <Loading />}
      {asked.state === 'failed' && <Problem error={asked.error} />}
      {report !== undefined && <Findings report={report} open={open} />}
      <section class="stack">
        <h2>{t('recovery_next')}</h2>
        {!evicted && <SaveRawRows primary={!open} />}
        {!open && report !== undefined && !report.header && report.records > 0 && (
          <Way
            title={t('recovery_words_title')}
            text={t('recovery_words')}
            button={t('recovery_words_button')}
            href="#/forgot"
          />
        )}
        <Way
          title={t('recovery_backup_title')}
          text={evicted ? t('recovery_backup_evicted') : t('recovery_backup')}
          button={t('recovery_backup_button')}
          href="#/from-backup"
          primary={evicted}
        />
        {!open && (
          <Way
            title={t('recovery_restore_title')}
            text={evicted ? t('recovery_restore_evicted') : t('recovery_restore')}
            button={t('recovery_restore_button')}
            href="#/restore"
          />
        )}
      </section>
    </main>
  );
};

const Findings = ({ report, open }: { report: RecoveryReport; open: boolean }) => (
  <>
    {report.problem !== '' && <p class="lead">{report.problem}</p>}
    {open && <p class="lead">{t('recovery_open_lead')}</p>}
    {report.records === 0 && <p>{t('recovery_evicted_why')}</p>}
    {!open && <Notice tone="info">{t('recovery_untouched')}</Notice>}
    {(report.header || report.records > 0) && (
      <section class="stack">
        <h2>{t('recovery_readable')}</h2>
        <ul class="checks">
          <Check good={report.header} text={report.header ? t('recovery_header_ok') : t('recovery_header_bad')} />
          <Check good={report.records > 0} text={tn('recovery_records', report.records)} />
        </ul>
      </section>
    )}
  </>
);

const Check = ({ good, text }: { good: boolean; text: string }) => (
  <li class={good ? 'is-safe' : 'is-harm'}>
    <Icon name={good ? 'check' : 'x'} />
    <span>{text}</span>
  </li>
);

const Way = ({
  title,
  text,
  button,
  href,
  primary = false,
}: {
  title: string;
  text: string;
  button: string;
  href: string;
  primary?: boolean;
}) => (
  <div class="card stack">
    <h3>{title}</h3>
    <p class="soft">{text}</p>
    <div>
      <a class={primary ? 'button primary' : 'button'} href={href}>
        {button}
      </a>
    </div>
  </div>
);
