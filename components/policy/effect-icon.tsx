import { t } from '../../lib/platform/index.ts';
import type { Effect, Verdict } from '../../lib/policy/engine/index.ts';
import type { IconName } from '../icon.tsx';
import { Icon } from '../icon.tsx';

const LOOKS = {
  permit: ['check', 'is-safe'],
  deny: ['harm', 'is-harm'],
  ask: ['ask', 'is-warn'],
} as const satisfies Record<Effect, readonly [IconName, string]>;

const EFFECTS = { PERMIT: 'permit', DENY: 'deny', ANOMALY: 'ask' } as const satisfies Record<Verdict, Effect>;

/** The effect that a verdict would be as a rule. */
export const effectOf = (verdict: Verdict): Effect => EFFECTS[verdict];

/** What a rule does, as a sign with its word for those who do not see it. */
export const EffectIcon = ({ effect, size = 18 }: { effect: Effect; size?: number }) => {
  const [icon, tone] = LOOKS[effect];
  return (
    <span class={`effect ${tone}`}>
      <Icon name={icon} size={size} />
      <span class="unseen">{t(`rule_effect_${effect}`)}</span>
    </span>
  );
};
