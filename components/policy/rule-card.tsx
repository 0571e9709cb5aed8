import type { ComponentChildren } from 'preact';
import type { ClaimNames } from './claim-phrase.ts';
import { EffectIcon } from './effect-icon.tsx';
import type { Said } from './rule-sentence.tsx';
import { RuleSentence } from './rule-sentence.tsx';

/** A rule as it reads, large: what is being written, or changed. */
export const RuleCard = ({
  rule,
  names,
  children,
}: {
  rule: Said;
  names: ClaimNames;
  children?: ComponentChildren;
}) => (
  <div class={`rule-card ${rule.effect}`}>
    <EffectIcon effect={rule.effect} size={24} />
    <div class="grow stack-tight">
      <p class="rule-card-sentence" aria-live="polite">
        <RuleSentence rule={rule} names={names} />
      </p>
      {children}
    </div>
  </div>
);
