import type { ComponentChildren } from 'preact';

/** Settings that belong together. */
export const Part = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <section class="part">
    <h2>{title}</h2>
    <div class="card stack">{children}</div>
  </section>
);

/** One thing that can be done or set, with what it means. */
export const Line = ({ title, text, children }: { title: string; text: string; children: ComponentChildren }) => (
  <div class="line">
    <div class="grow">
      <h3>{title}</h3>
      <p class="soft">{text}</p>
    </div>
    {children}
  </div>
);
