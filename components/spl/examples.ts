import { prettyJson } from '../policy/pretty-json.ts';
import type { Draft } from './judge.ts';

export type ExampleId = 'gift' | 'purchase' | 'hours' | 'club';

interface Example {
  readonly id: ExampleId;
  readonly draft: Draft;
}

const example = (id: ExampleId, policy: string, request: object, known: object): Example => ({
  id,
  draft: { policy, request: prettyJson(request), known: JSON.stringify(known, null, 2) },
});

/** Policies with a request that each allows. Amounts are in minor units. */
export const EXAMPLES: readonly [Example, ...Example[]] = [
  example(
    'gift',
    `(and
  (= (get req "action") "payments.create")
  (= (get req "purpose") "giftcard")
  (<= (get req "amount") 5000)
  (member (get req "recipient") allowed_recipients)
  (<= (per-day-count "payments.create" (get req "day")) 1)
  (get req "device_attested")
  (dpop_ok?)
  (vrf_ok? (get req "day") (get req "amount")))`,
    {
      action: 'payments.create',
      purpose: 'giftcard',
      amount: 5000,
      recipient: 'niece@example.com',
      day: '2026-11-24',
      device_attested: true,
    },
    {
      vars: { allowed_recipients: ['niece@example.com', 'mom@example.com'] },
      'per-day-count': 0,
      'dpop_ok?': true,
      'vrf_ok?': true,
    },
  ),
  example(
    'purchase',
    `(and
  (= (get req "action") "buy")
  (= (get req "merchant") "https://shop.vine-and-barrel.example")
  (= (get req "currency") "USD")
  (<= (get req "amount") 15000)
  (= (per-day-count "buy" (get req "day")) 0)
  (dpop_ok?))`,
    {
      action: 'buy',
      merchant: 'https://shop.vine-and-barrel.example',
      currency: 'USD',
      amount: 4250,
      day: '2026-11-24',
    },
    { 'per-day-count': 0, 'dpop_ok?': true },
  ),
  example(
    'hours',
    `(and
  (in (get req "action") (tuple "calendar.read" "mail.draft"))
  (not (before now "2026-11-24T09:00:00+01:00"))
  (before now "2026-11-24T17:30:00+01:00"))`,
    { action: 'calendar.read' },
    { now: '2026-11-24T15:20:00+01:00' },
  ),
  example(
    'club',
    `(and
  (= (get req "action") "lounge.enter")
  (or
    (member (get req "card") (get vars "founders"))
    (merkle_ok? (tuple (get req "card") (get req "year"))))
  (subset? (get req "guests") (get vars "friends"))
  (dpop_ok?))`,
    { action: 'lounge.enter', card: 'K-204', year: 2026, guests: ['Ada'] },
    { vars: { founders: ['K-001'], friends: ['Ada', 'Grace'] }, 'merkle_ok?': true, 'dpop_ok?': true },
  ),
];
