/** The shapes a personal mark can have; components/mark.tsx draws them. */
export const shapeNames = ['anchor', 'leaf', 'star', 'shell', 'bird', 'pine', 'boat', 'flame'] as const;
export type Shape = (typeof shapeNames)[number];

/** … in one of these colours; each carries its white drawing at 4.5:1 or better, in light and dark alike. */
export const COLOURS = {
  plum: '#7a3b78',
  indigo: '#3c4fa0',
  sea: '#176b7a',
  moss: '#4c6b2a',
  ochre: '#8f5a0f',
  clay: '#a5492f',
  slate: '#4d5866',
} as const satisfies Record<string, string>;
export type Colour = keyof typeof COLOURS;

export const colourNames = Object.keys(COLOURS) as Colour[]; // the keys of a literal
