import type { Mark as MarkChoice } from '../lib/messaging/index.ts';
import { t } from '../lib/platform/index.ts';
import { Mark, markWords } from './mark.tsx';

/** The mark beside a field that takes the password. */
export const MarkLine = ({ mark }: { mark: MarkChoice | undefined }) =>
  mark === undefined ? null : (
    <div class="unlock-mark">
      <Mark mark={mark} size={40} label={markWords(mark)} />
      <p class="small soft">{t('unlock_mark_hint')}</p>
    </div>
  );
