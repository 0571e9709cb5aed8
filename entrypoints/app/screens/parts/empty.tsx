import type { ComponentChildren } from 'preact';
import { Seal } from '../../../../components/seal.tsx';

/** What a list is for while nothing is in it, and the first step. */
export const Empty = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <div class="empty">
    <Seal state="locked" size={72} />
    <h2>{title}</h2>
    {children}
  </div>
);
