import type { ComponentChildren } from 'preact';

/** A setting: what it is, why, and what there is to do. */
export const Line = ({ title, text, children }: { title: string; text: string; children: ComponentChildren }) => (
  <div class="line">
    <div class="grow">
      <h3>{title}</h3>
      <p class="soft">{text}</p>
    </div>
    {children}
  </div>
);
