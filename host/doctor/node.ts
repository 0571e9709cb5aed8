import type { Check } from './check.ts';
import { notWell, well } from './check.ts';

/** What parts of the command need, and what is missing without. */
const NEEDS = [
  { from: [20, 0], what: 'anything at all' },
  { from: [22, 13], what: 'the ledger (node:sqlite): without it, calls that spend or look back are asked about' },
] as const;

export const nodeCheck: Check = {
  name: 'Node',
  look({ nodeVersion }) {
    const lacking = NEEDS.filter(({ from }) => isBefore(nodeVersion, from));
    if (lacking.length === 0) return well(`Node ${nodeVersion} has all that is needed.`);
    const details = lacking.map(({ from, what }) => `${from.join('.')} or newer is needed for ${what}.`);
    return notWell(`Node ${nodeVersion} is too old.`, ...details);
  },
};

function isBefore(version: string, [major, minor]: readonly [number, number]): boolean {
  const [own = 0, ownMinor = 0] = version.split('.').map(Number);
  return own < major || (own === major && ownMinor < minor);
}
