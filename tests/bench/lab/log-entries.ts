import type { AuditDraft } from '../../../lib/audit/index.ts';

const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 1);
/** Entries a day: 100,000 of them are a long life of a wallet. */
const PER_DAY = 100;

/** Stands in every other entry. */
export const COMMON_SITE = 'https://market.example';
/** Stands in the first entry of every 50,000. */
export const RARE_SITE = 'https://lighthouse.example';

const SITES = Array.from({ length: 200 }, (_, i) => `https://shop-${i}.example`);
const CLAIMS = ['age_over_21', 'address', 'email', 'given_name', 'family_name'];

/** What happened as number `i` of a long log: the same for the same number. */
export function draftOf(i: number): AuditDraft {
  const time = START + Math.floor((i / PER_DAY) * DAY);
  const claims = CLAIMS.slice(i % 3, (i % 3) + 1 + (i % 2));
  return {
    kind: i % 7 === 0 ? 'proof.denied' : 'proof.allowed',
    subject: siteOf(i),
    claims,
    decision: decisionOf(i),
    time,
  };
}

function siteOf(i: number): string {
  if (i % 50_000 === 17) return RARE_SITE;
  if (i % 2 === 0) return COMMON_SITE;
  return SITES[(i * 7919) % SITES.length] ?? COMMON_SITE;
}

const decisionOf = (i: number): 'DENY' | 'PERMIT' => (i % 7 === 0 ? 'DENY' : 'PERMIT');
