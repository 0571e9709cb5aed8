import { displayText } from '../lib/core/index.ts';
import { Origin } from './origin.tsx';

/** Who issues: its own name for itself, where it has one, and the address that nobody else can have. */
export const IssuerWords = ({ name, origin }: { name: string; origin: string }) => (
  <>
    {name !== '' && (
      <>
        <bdi dir="auto">{displayText(name, 80)}</bdi> ·{' '}
      </>
    )}
    <Origin origin={origin} />
  </>
);
