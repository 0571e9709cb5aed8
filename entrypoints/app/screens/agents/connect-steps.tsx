import type { ComponentChildren } from 'preact';
import { t } from '../../../../lib/platform/index.ts';
import { Command } from './command.tsx';
import { INSTALL, LINE, PAIR } from './commands.ts';
import { ConnectPair } from './connect-pair.tsx';
import type { Pairing } from './pairing.ts';

/** The three steps, with where the person is at the second of them: the first and the last are done in a terminal. */
export const ConnectSteps = ({ pairing, again }: { pairing: Pairing; again: () => void }) => (
  <ol class="connect-steps">
    <Step title={t('connect_install')}>
      <p class="soft">{t('connect_install_means')}</p>
      <Command text={INSTALL} />
    </Step>
    <Step title={t('connect_pair')}>
      <p class="soft">{t('connect_pair_means')}</p>
      <Command text={PAIR} />
      <ConnectPair pairing={pairing} again={again} />
    </Step>
    <Step title={t('connect_line')}>
      <p class="soft">{t('connect_line_means')}</p>
      <Command text={LINE} />
    </Step>
  </ol>
);

const Step = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <li>
    <h2>{title}</h2>
    {children}
  </li>
);
