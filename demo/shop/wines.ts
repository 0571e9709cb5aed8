/** What stands on the shelf. */
export const WINES: readonly { readonly name: string; readonly about: string; readonly price: string }[] = [
  { name: 'Slow Meadow', about: 'White, dry. Quince, wet stone, a long afternoon.', price: '$14' },
  { name: 'Night Orchard', about: 'Red, full. Plum, cedar, a little smoke.', price: '$19' },
  { name: 'First Frost', about: 'Sweet, late harvest. Apricot and honey.', price: '$26' },
  { name: 'Cooper’s Own', about: 'Red, from one barrel. Cherry and oak.', price: '$32' },
];
