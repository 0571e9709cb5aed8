/** A made-up person on the register of the State of Example. */
export interface Person {
  readonly id: string;
  readonly given_name: string;
  readonly family_name: string;
  /** YYYY-MM-DD. */
  readonly birthdate: string;
  readonly address: {
    readonly street_address: string;
    readonly locality: string;
    readonly postal_code: string;
    readonly country: string;
  };
  readonly driving_privileges: readonly { readonly vehicle_category_code: string; readonly issue_date: string }[];
  /** Of the Harbour Club. */
  readonly membership: { readonly tier: string; readonly since_year: number };
}

/** The register: somebody over 21, somebody over 65, and somebody whom a wine shop must turn away. */
export const PEOPLE: readonly Person[] = [
  {
    id: 'ada',
    given_name: 'Ada',
    family_name: 'Lumen',
    birthdate: '1990-05-17',
    address: { street_address: '12 Harbour Lane', locality: 'Port Example', postal_code: '10117', country: 'EX' },
    driving_privileges: [
      { vehicle_category_code: 'B', issue_date: '2008-06-02' },
      { vehicle_category_code: 'A1', issue_date: '2011-04-18' },
    ],
    membership: { tier: 'gold', since_year: 2019 },
  },
  {
    id: 'theo',
    given_name: 'Theo',
    family_name: 'Marlowe',
    birthdate: '1951-11-03',
    address: { street_address: '4 Mill Road', locality: 'Upper Sample', postal_code: '20740', country: 'EX' },
    driving_privileges: [{ vehicle_category_code: 'B', issue_date: '1970-01-20' }],
    membership: { tier: 'silver', since_year: 1988 },
  },
  {
    id: 'noa',
    given_name: 'Noa',
    family_name: 'Quill',
    birthdate: '2008-09-30',
    address: { street_address: '77 Orchard Street', locality: 'Port Example', postal_code: '10119', country: 'EX' },
    driving_privileges: [{ vehicle_category_code: 'AM', issue_date: '2025-02-11' }],
    membership: { tier: 'junior', since_year: 2024 },
  },
];
