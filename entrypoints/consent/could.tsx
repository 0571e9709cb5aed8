import { couldWords, lifetimeWords } from '../../components/capability/could-words.ts';
import { Rich } from '../../components/rich.tsx';
import { useNow } from '../../components/use-now.ts';
import type { CapabilityTermsView } from '../../lib/messaging/index.ts';

/** What the site could do at the most, in one sentence that stands out; its time of day moves on until the yes. */
export const Could = ({ terms }: { terms: CapabilityTermsView }) => {
  const now = useNow(1000);
  const { key, substitutions } = couldWords(terms, lifetimeWords(terms.lifetime, now));
  const [weight = '', ...rest] = substitutions;
  return (
    <p class="could">
      <Rich
        message={key}
        parts={[<strong class={terms.amount === undefined ? 'act' : 'sum'}>{weight}</strong>, ...rest]}
      />
    </p>
  );
};
