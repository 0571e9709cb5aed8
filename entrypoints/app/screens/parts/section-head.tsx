import { t } from '../../../../lib/platform/index.ts';

/** The head of a screen within Settings: the way back, what it is, what it is for. */
export const SectionHead = ({ title, lead }: { title: string; lead: string }) => (
  <header class="stack-tight">
    <a class="link back" href="#/settings">
      {t('settings_back')}
    </a>
    <h1>{title}</h1>
    <p class="soft">{lead}</p>
  </header>
);
