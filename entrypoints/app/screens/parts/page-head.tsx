import type { ComponentChildren } from 'preact';

/** A screen's title, what it is for, and its one main action. */
export const PageHead = ({ title, lead, children }: { title: string; lead: string; children?: ComponentChildren }) => (
  <header class="page-head">
    <div class="stack-tight grow">
      <h1>{title}</h1>
      <p class="soft">{lead}</p>
    </div>
    {children}
  </header>
);
