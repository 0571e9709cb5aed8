import { t } from '../lib/platform/index.ts';

/** Shown only when an answer takes longer than a moment (see parts.css). */
export const Loading = () => (
  <p class="loading" role="status">
    <span class="busy-dot" aria-hidden="true" />
    <span>{t('loading')}</span>
  </p>
);
