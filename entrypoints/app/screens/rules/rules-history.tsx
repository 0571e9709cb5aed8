import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { countWords } from '../../../../components/count-words.ts';
import { Dialog } from '../../../../components/dialog.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { DiffView } from '../../../../components/policy/diff-view.tsx';
import { dateAndTimeWords } from '../../../../components/time-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import type { PolicyVersionView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';
import { saveBlob } from '../../save-file.ts';
import type { Policy } from './policy.ts';
import { RulesImport } from './rules-import.tsx';

/** How many versions are shown before the person asks for all. */
const AT_FIRST = 20;

interface HistoryProps {
  readonly policy: Policy;
  readonly readOnly: boolean;
  readonly onChanged: () => void;
}

/** Earlier versions of the rules, to compare and to bring back; and the rules as files. */
export const RulesHistory = ({ policy, readOnly, onChanged }: HistoryProps) => (
  <div class="stack-wide">
    <Files policy={policy} readOnly={readOnly} onChanged={onChanged} />
    <LanguageLink />
    <Versions policy={policy} readOnly={readOnly} onChanged={onChanged} />
  </div>
);

const Files = ({ policy, readOnly, onChanged }: HistoryProps) => {
  const { busy, error, run } = useAction();
  const [importing, setImporting] = useState(false);
  const [saved, setSaved] = useState('');
  const save = (form: 'json' | 'cedar') =>
    run(async () => {
      const { text, name } = await ask('policy.export', { form });
      saveBlob(name, new Blob([text], { type: form === 'json' ? 'application/json' : 'text/plain' }));
      setSaved(t('rules_exported', name));
    });
  return (
    <section class="stack">
      <div class="stack-tight measure">
        <h2>{t('rules_files')}</h2>
        <p class="soft">{t('rules_files_why')}</p>
      </div>
      <div class="row-wrap">
        <Button busy={busy} onClick={() => save('json')}>
          <Icon name="download" size={16} />
          {t('rules_export_json')}
        </Button>
        <Button busy={busy} onClick={() => save('cedar')}>
          <Icon name="download" size={16} />
          {t('rules_export_cedar')}
        </Button>
        {!readOnly && (
          <Button onClick={() => setImporting(true)}>
            <Icon name="upload" size={16} />
            {t('rules_import')}
          </Button>
        )}
      </div>
      <p role="status" class="soft small">
        {saved}
      </p>
      <Problem error={error} />
      {importing && <RulesImport policy={policy} onClose={() => setImporting(false)} onDone={onChanged} />}
    </section>
  );
};

const LanguageLink = () => (
  <section class="stack-tight measure">
    <h2>{t('spl_title')}</h2>
    <p class="soft">
      {t('spl_link_why')}{' '}
      <a class="link" href="#/rules/.language">
        {t('spl_link')}
      </a>
    </p>
  </section>
);

const Versions = ({ policy, readOnly, onChanged }: HistoryProps) => {
  const asked = useAsked('policy.versions', {}, ['policy']);
  const [all, setAll] = useState(false);
  const [looking, setLooking] = useState<PolicyVersionView | undefined>(undefined);
  if (asked.state === 'loading') return <Loading />;
  if (asked.state === 'failed') return <Problem error={asked.error} />;
  const versions = [...asked.value.versions].sort((a, b) => b.version - a.version);
  return (
    <section class="stack">
      <div class="stack-tight measure">
        <h2>{t('rules_versions')}</h2>
        <p class="soft">{t('rules_versions_why')}</p>
      </div>
      {versions.length === 0 && <p class="soft">{t('rules_versions_none')}</p>}
      <ol class="versions">
        {(all ? versions : versions.slice(0, AT_FIRST)).map((version) => (
          <li key={version.version}>
            <span class="version-number">{countWords(version.version)}</span>
            <span class="grow stack-tight">
              <span>
                {dateAndTimeWords(version.savedAt)} · {tn('rules_count', version.rules)}
              </span>
              <span class="mono small soft version-hash">{version.hash}</span>
            </span>
            {version.version === policy.version ? (
              <span class="small soft">{t('rules_version_now')}</span>
            ) : (
              <Button
                look="quiet"
                name={t('rules_version_look_at', countWords(version.version))}
                onClick={() => setLooking(version)}
              >
                {t('rules_version_look')}
              </Button>
            )}
          </li>
        ))}
      </ol>
      {!all && versions.length > AT_FIRST && (
        <div>
          <Button onClick={() => setAll(true)}>{t('rules_versions_all', countWords(versions.length))}</Button>
        </div>
      )}
      {looking !== undefined && (
        <BringBack
          policy={policy}
          version={looking}
          readOnly={readOnly}
          onClose={() => setLooking(undefined)}
          onDone={onChanged}
        />
      )}
    </section>
  );
};

/** What would change if an earlier version came back. */
const BringBack = ({
  policy,
  version,
  readOnly,
  onClose,
  onDone,
}: {
  policy: Policy;
  version: PolicyVersionView;
  readOnly: boolean;
  onClose: () => void;
  onDone: () => void;
}) => {
  const asked = useAsked('policy.diff', { from: policy.version, to: version.version }, []);
  const { busy, error, run } = useAction();
  const bring = () =>
    run(async () => {
      await ask('policy.bringBack', { version: version.version });
      onClose();
      onDone();
    });
  return (
    <Dialog title={t('rules_bring_title', countWords(version.version))} onClose={onClose}>
      <p class="soft">{t('rules_bring_what', dateAndTimeWords(version.savedAt))}</p>
      {asked.state === 'loading' && <Loading />}
      {asked.state === 'failed' && <Problem error={asked.error} />}
      {asked.state === 'ready' && <DiffView diff={asked.value} names={policy.names} />}
      <p class="soft small">{t('rules_bring_locked')}</p>
      <Problem error={error} />
      <div class="actions">
        <Button onClick={onClose}>{t('close')}</Button>
        {!readOnly && (
          <Button look="primary" busy={busy} disabled={asked.state !== 'ready'} onClick={bring}>
            {t('rules_bring')}
          </Button>
        )}
      </div>
    </Dialog>
  );
};
