import { Problem } from '../../../components/notice.tsx';
import type { SignetError } from '../../../lib/core/index.ts';
import { t } from '../../../lib/platform/index.ts';

/** A list that could not be read as a whole: what is wrong, what is not lost, and where to go from here. */
export const DamagedRecord = ({ error }: { error: SignetError }) => (
  <section class="card stack">
    <Problem error={error} />
    {error.reason === 'vault_damaged' && (
      <>
        <p>{t('record_damaged')}</p>
        <div class="row-wrap">
          <a class="button" href="#/storage">
            {t('record_damaged_check')}
          </a>
          <a class="button" href="#/recovery">
            {t('record_damaged_recovery')}
          </a>
        </div>
      </>
    )}
  </section>
);
