import { useEffect, useState } from 'preact/hooks';
import { displayText } from '../../../../lib/core/index.ts';
import { Button } from '../../../../components/button.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { Origin } from '../../../../components/origin.tsx';
import { Rich } from '../../../../components/rich.tsx';
import type { ClaimNames } from '../../../../components/policy/claim-phrase.ts';
import { claimPhrase } from '../../../../components/policy/claim-phrase.ts';
import { allOf } from '../../../../components/policy/list-words.ts';
import { EffectIcon, effectOf } from '../../../../components/policy/effect-icon.tsx';
import { timeAgo } from '../../../../components/time-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import type { SimulationView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';
import type { Rule } from '../../../../lib/policy/engine/index.ts';

/** How many past decisions a rule is tried against. */
const LAST = 50;

/** Shows what a rule would have changed, had it been there before. */
export const RuleTrial = ({
  rule,
  names,
  read,
}: {
  rule: Rule;
  names: ClaimNames;
  read: () => Promise<Rule | undefined>;
}) => {
  const { busy, error, run, clear } = useAction();
  const [shown, setShown] = useState<SimulationView | undefined>(undefined);
  useEffect(() => {
    setShown(undefined);
    clear();
  }, [rule]);
  const tryIt = () =>
    run(async () => {
      const ready = await read();
      if (ready !== undefined) setShown(await ask('policy.simulate', { rule: ready, last: LAST }));
    });
  return (
    <section class="trial" aria-labelledby="trial-title">
      <div class="trial-head">
        <div class="grow stack-tight">
          <h2 id="trial-title">{t('rules_try_first')}</h2>
          <p class="soft">{t('rules_try_first_why')}</p>
        </div>
        <Button busy={busy} onClick={tryIt}>
          <Icon name="history" size={16} />
          {t('rules_try_button')}
        </Button>
      </div>
      <div role="status">{shown !== undefined && <Outcome shown={shown} names={names} />}</div>
      <Problem error={error} />
    </section>
  );
};

const Outcome = ({ shown, names }: { shown: SimulationView; names: ClaimNames }) => {
  const { tried, changed, permits, denies, asks } = shown;
  if (tried === 0) return <p class="soft">{t('rules_try_none')}</p>;
  const parts = [
    permits > 0 ? tn('rules_try_permits', permits) : '',
    denies > 0 ? tn('rules_try_denies', denies) : '',
    asks > 0 ? tn('rules_try_asks', asks) : '',
  ].filter((part) => part !== '');
  return (
    <div class="stack">
      <p class="trial-sum">
        {parts.length === 0 ? tn('rules_try_nothing', tried) : tn('rules_try_would', tried, allOf(parts))}
      </p>
      {changed.length > 0 && (
        <ul class="trial-list">
          {changed.map(({ seq, time, subject, claim, was, would }) => (
            <li key={`${seq} ${claim}`}>
              <EffectIcon effect={effectOf(would)} size={16} />
              <span class="grow">
                <Rich
                  message="rules_try_line"
                  parts={[
                    URL.canParse(subject) ? <Origin origin={subject} /> : <bdi>{displayText(subject, 80)}</bdi>,
                    claimPhrase(claim, names),
                  ]}
                />
                <span class="small soft trial-was">
                  {t('rules_try_was', t(`rules_verdict_${effectOf(was)}`), t(`rules_verdict_${effectOf(would)}`))}
                </span>
              </span>
              <time class="small soft" dateTime={new Date(time).toISOString()}>
                {timeAgo(time, Date.now())}
              </time>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
};
