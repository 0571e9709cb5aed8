import type { JSX } from 'preact';
import type { Mark as MarkChoice } from '../lib/messaging/index.ts';
import type { MessageKey } from '../lib/platform/index.ts';
import { t } from '../lib/platform/index.ts';
import type { Colour, Shape } from './mark-names.ts';
import { COLOURS, colourNames, shapeNames } from './mark-names.ts';

/** The shapes, from Lucide (ISC licence), as elements. */
const SHAPES = {
  anchor: <path d="M12 6v16M19 13l2-1a9 9 0 0 1-18 0l2 1M9 11h6M12 6a2 2 0 1 0 0-4 2 2 0 0 0 0 4" />,
  leaf: (
    <path d="M11 20a10 10 0 0 0 10-10 25.9 25.9 0 0 0-1.04-7.281 1 1 0 0 0-1.755-.325C15.833 5.5 13 5.5 9.8 6.1A7 7 0 0 0 11 20M2 21a5 5 0 0 1 2.911-4.544C7.613 15.212 8.351 15.24 11 13" />
  ),
  star: (
    <path d="M11.525 2.295a.53.53 0 0 1 .95 0l2.31 4.679a2.123 2.123 0 0 0 1.595 1.16l5.166.756a.53.53 0 0 1 .294.904l-3.736 3.638a2.123 2.123 0 0 0-.611 1.878l.882 5.14a.53.53 0 0 1-.771.56l-4.618-2.428a2.122 2.122 0 0 0-1.973 0L6.396 21.01a.53.53 0 0 1-.77-.56l.881-5.139a2.122 2.122 0 0 0-.611-1.879L2.16 9.795a.53.53 0 0 1 .294-.906l5.165-.755a2.122 2.122 0 0 0 1.597-1.16z" />
  ),
  shell: (
    <path d="M14 11a2 2 0 1 1-4 0 4 4 0 0 1 8 0 6 6 0 0 1-12 0 8 8 0 0 1 16 0 10 10 0 1 1-20 0 11.93 11.93 0 0 1 2.42-7.22 2 2 0 1 1 3.16 2.44" />
  ),
  bird: (
    <path d="M16 7h.01M3.4 18H12a8 8 0 0 0 8-8V7a4 4 0 0 0-7.28-2.3L2 20M20 7l2 .5-2 .5M10 18v3M14 17.75V21M7 18a6 6 0 0 0 3.84-10.61" />
  ),
  pine: (
    <path d="m17 14 3 3.3a1 1 0 0 1-.7 1.7H4.7a1 1 0 0 1-.7-1.7L7 14h-.3a1 1 0 0 1-.7-1.7L9 9h-.2A1 1 0 0 1 8 7.3L12 3l4 4.3a1 1 0 0 1-.8 1.7H15l3 3.3a1 1 0 0 1-.7 1.7H17ZM12 22v-3" />
  ),
  boat: (
    <path d="M10 2v15M7 22a4 4 0 0 1-4-4 1 1 0 0 1 1-1h16a1 1 0 0 1 1 1 4 4 0 0 1-4 4zM9.159 2.46a1 1 0 0 1 1.521-.193l9.977 8.98A1 1 0 0 1 20 13H4a1 1 0 0 1-.824-1.567z" />
  ),
  flame: <path d="M12 3q1 4 4 6.5t3 5.5a1 1 0 0 1-14 0 5 5 0 0 1 1-3 1 1 0 0 0 5 0c0-2-1.5-3-1.5-5q0-2 2.5-4" />,
} as const satisfies Record<Shape, JSX.Element>;

const isShape = (name: string): name is Shape => Object.hasOwn(SHAPES, name);
const isColour = (name: string): name is Colour => Object.hasOwn(COLOURS, name);

/** The mark in words: "A moss anchor". */
export function markWords(mark: MarkChoice): string {
  const shape: MessageKey = isShape(mark.shape) ? `shape_${mark.shape}` : 'shape_star';
  const colour: MessageKey = isColour(mark.colour) ? `colour_${mark.colour}` : 'colour_slate';
  return t('mark_words', t(colour), t(shape));
}

/** A mark picked at random, so that people do not all keep the first one. */
export function randomMark(): { shape: Shape; colour: Colour } {
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint32Array(2));
  return {
    shape: shapeNames[a % shapeNames.length] ?? 'star',
    colour: colourNames[b % colourNames.length] ?? 'slate',
  };
}

/** The picture the person chose. It stands beside every field that takes the password. */
export const Mark = ({ mark, size = 48, label }: { mark: MarkChoice; size?: number; label?: string }) => (
  <svg
    class="mark"
    width={size}
    height={size}
    viewBox="0 0 48 48"
    {...(label === undefined ? { 'aria-hidden': 'true' } : { role: 'img', 'aria-label': label })}
  >
    <rect width="48" height="48" rx="12" fill={isColour(mark.colour) ? COLOURS[mark.colour] : COLOURS.slate} />
    <g
      transform="translate(9.6 9.6) scale(1.2)"
      fill="none"
      stroke="#fff"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      {isShape(mark.shape) ? SHAPES[mark.shape] : SHAPES.star}
    </g>
  </svg>
);
