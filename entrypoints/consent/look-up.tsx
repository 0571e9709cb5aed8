import { t, uiLanguage } from '../../lib/platform/index.ts';
import { Section } from './frame.tsx';

/** Who asks is not known before somebody else was asked: who that is, and that nobody was yet. */
export const LookUp = ({ hosts }: { hosts: readonly string[] }) => (
  <Section title={t('look_up_title')}>
    <p>
      <bdi dir="auto">{t('look_up', hostList(hosts))}</bdi>
    </p>
    <p class="soft">{t('look_up_means')}</p>
  </Section>
);

const hostList = (hosts: readonly string[]): string =>
  new Intl.ListFormat(uiLanguage(), { type: 'conjunction' }).format(hosts);
