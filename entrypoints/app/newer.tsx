import { Icon } from '../../components/icon.tsx';
import { t } from '../../lib/platform/index.ts';
import { SaveRawRows } from './save-raw-rows.tsx';

/** A newer Signet wrote this vault, and this one cannot even read it: update, and nothing is lost. */
export const Newer = () => (
  <main class="alone">
    <div class="row">
      <span class="is-warn">
        <Icon name="warn" size={32} />
      </span>
      <h1>{t('newer_title')}</h1>
    </div>
    <p class="lead">{t('newer_lead')}</p>
    <ol class="hints numbered">
      <li>{t('newer_step_1')}</li>
      <li>{t('newer_step_2')}</li>
    </ol>
    <section class="stack">
      <h2>{t('newer_meanwhile')}</h2>
      <SaveRawRows />
    </section>
  </main>
);
