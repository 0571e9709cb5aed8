import type { ComponentChildren } from 'preact';
import { Notice } from '../../components/notice.tsx';
import { displayText } from '../../lib/core/index.ts';
import { t } from '../../lib/platform/index.ts';
import { Section } from './frame.tsx';

/** A request that cannot be answered: why, as it was told, and below it what was not lost. */
export const Failed = ({
  title,
  message,
  children,
}: {
  title: 'consent_failed' | 'offer_failed';
  message: string;
  children?: ComponentChildren;
}) => (
  <Section title={t(title)}>
    <Notice tone="harm">
      <bdi dir="auto">{displayText(message, 400)}</bdi>
    </Notice>
    {children}
  </Section>
);
