import { Problem } from '../../../../components/notice.tsx';
import { t } from '../../../../lib/platform/index.ts';

/** Something in a list cannot be read: what, what is not lost, and where to go from here. */
export const DamagedRecord = ({ problem, text }: { problem: string; text: string }) => (
  <section class="card stack">
    <Problem error={problem} />
    <p>{text}</p>
    <div class="row-wrap">
      <a class="button" href="#/storage">
        {t('record_damaged_check')}
      </a>
      <a class="button" href="#/recovery">
        {t('record_damaged_recovery')}
      </a>
    </div>
  </section>
);
