/** What members of the club are asked to. None of it is wine: a card says nothing about an age. */
export const EVENINGS: readonly { readonly name: string; readonly about: string; readonly price: string }[] = [
  { name: 'The Cooper’s Bench', about: 'Mend a barrel with the people who make them.', price: 'Thursdays at six' },
  { name: 'Harvest Walk', about: 'Up the slow meadow and back. Bring boots.', price: 'First Saturday' },
  { name: 'Unfermented', about: 'Six grape juices, one long table, no hurry.', price: 'Third Sunday' },
];
