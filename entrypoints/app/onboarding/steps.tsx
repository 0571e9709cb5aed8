import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Seal } from '../../../components/seal.tsx';
import { t } from '../../../lib/platform/index.ts';

/** One step on the way to a vault: where it stands, its title, its content. Each new step takes the focus. */
export const Step = ({
  number,
  of,
  title,
  lead,
  children,
  done = false,
}: {
  number: number;
  of: number;
  title: string;
  lead: string;
  children: ComponentChildren;
  done?: boolean;
}) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [title]);
  return (
    <main class="alone">
      <div class="step-head">
        <Seal state={done ? 'open' : 'locked'} size={40} />
        <p class="small soft">{t('step', String(number), String(of))}</p>
      </div>
      <div class="stack-tight">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <p class="lead">{lead}</p>
      </div>
      {children}
    </main>
  );
};
