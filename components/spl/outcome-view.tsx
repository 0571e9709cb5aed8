import { countWords } from '../count-words.ts';
import type { IconName } from '../icon.tsx';
import { Icon } from '../icon.tsx';
import { t, tn } from '../../lib/platform/index.ts';
import type { Place } from '../../lib/spl/index.ts';
import type { Finding, Outcome } from './judge.ts';
import { SourceLineView } from './source-line-view.tsx';

const LOOKS = {
  allowed: ['permit', 'check', 'is-safe'],
  denied: ['deny', 'harm', 'is-harm'],
  unread: ['ask', 'warn', 'is-warn'],
  unasked: ['none', 'info', 'soft'],
  empty: ['none', 'info', 'soft'],
} as const satisfies Record<Outcome['kind'], readonly [look: string, icon: IconName, tone: string]>;

interface OutcomeProps {
  readonly outcome: Outcome;
  /** What the places are in. */
  readonly source: string;
  readonly onShow: (place: Place) => void;
}

/** What comes of a policy, with everything that keeps it from holding. */
export const OutcomeView = ({ outcome, source, onShow }: OutcomeProps) => {
  const [look, icon, tone] = LOOKS[outcome.kind];
  return (
    <div class="decision">
      <div class={`verdict ${look}`} role="status">
        <span class={`effect ${tone}`}>
          <Icon name={icon} size={28} />
        </span>
        <div class="stack-tight grow">
          <p class="verdict-word">{t(`spl_verdict_${outcome.kind}`)}</p>
          <p>{whyWords(outcome)}</p>
        </div>
      </div>
      {'findings' in outcome && outcome.findings.length > 0 && (
        <ol class="findings">
          {outcome.findings.map((finding, at) => (
            <li key={at}>
              <FindingView finding={finding} source={source} onShow={onShow} />
            </li>
          ))}
        </ol>
      )}
    </div>
  );
};

function whyWords(outcome: Outcome): string {
  if (outcome.kind === 'denied') return tn('spl_denied', outcome.findings.length);
  return t(`spl_why_${outcome.kind}`);
}

const FindingView = ({ finding, source, onShow }: Omit<OutcomeProps, 'outcome'> & { readonly finding: Finding }) => {
  const { message, place } = finding;
  return (
    <div class="finding">
      <div class="finding-head">
        <p class="finding-words">
          <bdi>{message}</bdi>
        </p>
        <button type="button" class="link" onClick={() => onShow(place)}>
          {t('spl_place', countWords(place.line), countWords(place.column))}
        </button>
      </div>
      <SourceLineView source={source} place={place} />
    </div>
  );
};
