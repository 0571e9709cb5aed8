/** A bottle on the shelf. */
export interface Wine {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  /** Dollars. */
  readonly price: string;
}

/** What stands on the shelf, and what one bottle of it costs. */
export const WINES: readonly Wine[] = [
  {
    id: 'slow-meadow',
    name: 'Slow Meadow',
    about: 'White, dry. Quince, wet stone, a long afternoon.',
    price: '14.00',
  },
  { id: 'night-orchard', name: 'Night Orchard', about: 'Red, full. Plum, cedar, a little smoke.', price: '19.50' },
  { id: 'first-frost', name: 'First Frost', about: 'Sweet, late harvest. Apricot and honey.', price: '26.00' },
  { id: 'founders-cask', name: 'Founder’s Cask', about: 'Red, laid down in 1998. Nobody hurries it.', price: '150.00' },
];

export const CURRENCY = 'USD';
