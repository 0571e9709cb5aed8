import type { ComponentChildren } from 'preact';
import type { SignetError } from '../lib/core/index.ts';
import { Icon } from './icon.tsx';

const ICONS = { safe: 'safe', warn: 'warn', harm: 'harm', info: 'info' } as const;

/** Something to know, with an icon and words; `harm` for what is or would be lost. */
export const Notice = ({ tone, children }: { tone: keyof typeof ICONS; children: ComponentChildren }) => (
  <div class={`notice ${tone}`}>
    <Icon name={ICONS[tone]} size={20} />
    <div class="grow">{children}</div>
  </div>
);

/** What went wrong, announced as soon as it is there. The place holder stays, so that it can be. */
export const Problem = ({ error, id }: { error: SignetError | string | undefined; id?: string }) => (
  <div role="alert" id={id}>
    {error !== undefined && (
      <p class="problem">
        <Icon name="harm" size={18} />
        <span>{typeof error === 'string' ? error : error.message}</span>
      </p>
    )}
  </div>
);
