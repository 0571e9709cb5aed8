import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Loading } from '../../components/loading.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { useAction } from '../../components/use-action.ts';
import { useAsked } from '../../components/use-asked.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t, tn } from '../../lib/platform/index.ts';
import { saveFile } from './save-file.ts';

/** The vault is damaged. Nothing here writes to it: a new vault is never made over an old one unasked. */
export const Recovery = () => {
  const asked = useAsked('recovery.report', {}, ['status']);
  const save = useAction();
  return (
    <main class="alone">
      <div class="row">
        <span class="is-harm">
          <Icon name="harm" size={32} />
        </span>
        <h1>{t('recovery_title')}</h1>
      </div>
      {asked.state === 'loading' && <Loading />}
      {asked.state === 'failed' && <Problem error={asked.error} />}
      {asked.state === 'ready' && (
        <>
          <p class="lead">{asked.value.problem}</p>
          <Notice tone="info">{t('recovery_untouched')}</Notice>
          <section class="stack">
            <h2>{t('recovery_readable')}</h2>
            <ul class="checks">
              <li class={asked.value.header ? 'is-safe' : 'is-harm'}>
                <Icon name={asked.value.header ? 'check' : 'x'} />
                <span>{asked.value.header ? t('recovery_header_ok') : t('recovery_header_bad')}</span>
              </li>
              <li class={asked.value.records > 0 ? 'is-safe' : 'is-harm'}>
                <Icon name={asked.value.records > 0 ? 'check' : 'x'} />
                <span>{tn('recovery_records', asked.value.records)}</span>
              </li>
            </ul>
          </section>
        </>
      )}
      <section class="stack">
        <h2>{t('recovery_next')}</h2>
        <div class="card stack">
          <h3>{t('recovery_save_title')}</h3>
          <p class="soft">{t('recovery_save')}</p>
          <Problem error={save.error} />
          <div>
            <Button
              look="primary"
              busy={save.busy}
              onClick={() =>
                save.run(async () => {
                  const { json } = await ask('recovery.download', {});
                  saveFile('signet-rows.json', json);
                })
              }
            >
              <Icon name="download" size={16} />
              {t('recovery_save_button')}
            </Button>
          </div>
        </div>
        {asked.state === 'ready' && !asked.value.header && asked.value.records > 0 && (
          <div class="card stack">
            <h3>{t('recovery_words_title')}</h3>
            <p class="soft">{t('recovery_words')}</p>
            <div>
              <a class="button" href="#/forgot">
                {t('recovery_words_button')}
              </a>
            </div>
          </div>
        )}
        <div class="card stack">
          <h3>{t('recovery_restore_title')}</h3>
          <p class="soft">{t('recovery_restore')}</p>
          <div>
            <a class="button" href="#/restore">
              {t('recovery_restore_button')}
            </a>
          </div>
        </div>
      </section>
    </main>
  );
};
