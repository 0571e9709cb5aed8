import type { ComponentChildren } from 'preact';

/** A setting: what it is, why, and what there is to do. */
export const Line = ({
  title,
  text,
  heading: Heading = 'h3',
  children,
}: {
  title: string;
  text: string;
  /** Where no heading stands above it: `h2`. */
  heading?: 'h2' | 'h3';
  children: ComponentChildren;
}) => (
  <div class="line">
    <div class="grow">
      <Heading>{title}</Heading>
      <p class="soft">{text}</p>
    </div>
    {children}
  </div>
);
