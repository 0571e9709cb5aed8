import type { ComponentChildren } from 'preact';
import { t, tn } from '../../lib/platform/index.ts';
import type { Explanation, PolicySet, RuleTrace } from '../../lib/policy/engine/index.ts';
import type { ClaimNames } from './claim-phrase.ts';
import { claimPhrase, claimTitle } from './claim-phrase.ts';
import { attributeWords } from './condition-words.ts';
import { EffectIcon, effectOf } from './effect-icon.tsx';
import { allOf, asStart } from './list-words.ts';
import { roleWords } from './role-words.ts';
import { RuleSentence, whenWords } from './rule-sentence.tsx';
import { traceWords } from './trace-words.ts';

interface DecisionViewProps {
  readonly explanation: Explanation;
  /** Whether there is a person who can be asked. */
  readonly askable: boolean;
  /** The rules it was decided by. */
  readonly set: PolicySet;
  /** The claim that was asked for. */
  readonly claim: string;
  readonly names: ClaimNames;
}

/** A decision with everything it rests on, for people. */
export const DecisionView = (props: DecisionViewProps) => {
  const { explanation } = props;
  const { roles } = explanation;
  const fact = asStart(claimTitle(props.claim, props.names));
  const matched = explanation.trace.filter(({ outcome }) => outcome !== 'missed');
  const missed = explanation.trace.filter(({ outcome }) => outcome === 'missed');
  return (
    <div class="decision">
      <Verdict {...props} />
      <div class="stack decision-why">
        {matched.length > 0 && (
          <Part title={tn('play_matched', matched.length)}>
            <Traces traces={matched} {...props} />
          </Part>
        )}
        {missed.length > 0 && (
          <Part title={tn('play_missed', missed.length)}>
            <Traces traces={missed} {...props} />
          </Part>
        )}
        {matched.length + missed.length === 0 && <p class="soft">{t('play_no_trace')}</p>}
        {explanation.missing.length > 0 && (
          <Part title={t('play_missing')}>
            <p>{asStart(allOf(explanation.missing.map(attributeWords)))}.</p>
          </Part>
        )}
        <Part title={t('play_roles')}>
          <p>
            {t(`play_role_${roles.by}`, roleWords(roles.subject))}{' '}
            {roles.least === 'public'
              ? t('play_role_least_any', fact)
              : t('play_role_least', fact, roleWords(roles.least))}
          </p>
        </Part>
        <Part title={t('play_hash')}>
          <p class="mono small">{explanation.policy}</p>
        </Part>
      </div>
    </div>
  );
};

const Verdict = ({ explanation, askable, set, names }: DecisionViewProps) => {
  const { verdict, reason, permit } = explanation;
  const isUnheard = verdict === 'ANOMALY' && !askable;
  const deciding = set.rules.find(({ id }) => id === permit?.rule);
  return (
    <div class={`verdict ${effectOf(verdict)}`} role="status">
      <EffectIcon effect={effectOf(verdict)} size={28} />
      <div class="stack-tight grow">
        <p class="verdict-word">{t(isUnheard ? 'play_verdict_unheard' : `play_verdict_${effectOf(verdict)}`)}</p>
        <p>{t(`play_reason_${reason}`)}</p>
        {reason === 'bound' && explanation.bound !== undefined && (
          <p class="soft">
            {t('play_bound_told', allOf(explanation.bound.told.map((told) => claimPhrase(told, names))))}
          </p>
        )}
        {reason === 'role' && <p class="soft">{t('play_role_settle')}</p>}
        {verdict === 'PERMIT' && permit?.expiresAt !== undefined && (
          <p class="soft">{t('play_until', whenWords(permit.expiresAt))}</p>
        )}
        {deciding?.note !== undefined && <p class="soft">“{deciding.note}”</p>}
      </div>
    </div>
  );
};

const Part = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <section class="decision-part">
    <h2>{title}</h2>
    {children}
  </section>
);

const Traces = ({ traces, set, names }: DecisionViewProps & { traces: readonly RuleTrace[] }) => (
  <ul class="traces">
    {traces.map((trace) => {
      const rule = set.rules.find(({ id }) => id === trace.rule);
      const why = traceWords(trace);
      return (
        <li key={trace.rule} class={`trace ${trace.outcome}`}>
          <EffectIcon effect={trace.effect} size={16} />
          <div class="grow">
            <p>
              {rule === undefined ? <span class="mono">{trace.rule}</span> : <RuleSentence rule={rule} names={names} />}
            </p>
            {why !== undefined && <p class="small trace-why">{why}</p>}
          </div>
        </li>
      );
    })}
  </ul>
);
