import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { kindWords } from '../../components/capability/could-words.ts';
import { grantWords } from '../../components/capability/grant-words.ts';
import { afterWords, limitKey } from '../../components/capability/limit-words.ts';
import type { IconName } from '../../components/icon.tsx';
import { Icon } from '../../components/icon.tsx';
import { Notice } from '../../components/notice.tsx';
import { Origin } from '../../components/origin.tsx';
import { Rich } from '../../components/rich.tsx';
import { dateWords } from '../../components/time-words.ts';
import type {
  AskReason,
  CapabilityPlanView,
  CapabilityTermsView,
  LimitStandingView,
  StandingView,
} from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { Could } from './could.tsx';
import { Section } from './frame.tsx';
import { Why } from './why.tsx';

/** The answers to the four questions, for a token with the standing that is chosen (design §10). */
export const CapabilityPlan = ({
  terms,
  plan,
  asker,
  standing,
  onChoose,
}: {
  terms: CapabilityTermsView;
  plan: CapabilityPlanView;
  asker: 'site' | 'agent';
  /** What it is shown with; undefined: nothing. */
  standing: StandingView | undefined;
  onChoose: (standing: StandingView | undefined) => void;
}) => (
  <>
    <section class="part">
      <Could terms={terms} />
      <Holder terms={terms} />
      {terms.amount !== undefined && <Limits limits={plan.limits} amount={terms.amount} />}
      <Why why={plan.why.filter(isToldOfTokens)} asker={asker} />
    </section>
    {plan.standings.length > 0 && <Standings standings={plan.standings} chosen={standing} onChoose={onChoose} />}
    <Section title={t('will_learn')}>
      <ul class="facts">
        <Fact>{t('cap_learn_allowed', kindWords(terms.kind))}</Fact>
        <Fact>{t('cap_learn_key')}</Fact>
        {standing !== undefined && (
          <Fact>
            <Rich message={'cap_learn_standing'} parts={[<Origin origin={standing.authority} />]} />
          </Fact>
        )}
      </ul>
    </Section>
    <Section title={t('will_not_learn')}>
      <ul class="hidden-facts">
        {(['name', 'card', 'balance', 'sites'] as const).map((what) => (
          <li key={what}>{t(`cap_hidden_${what}`)}</li>
        ))}
      </ul>
    </Section>
    <Section title={t('recognise')}>
      <Recognise standing={standing} />
    </Section>
    <Section title={t('cap_regret')}>
      <p>{t('cap_regret_means')}</p>
    </Section>
    <details>
      <summary>
        <Icon name="right" size={16} />
        {t('cap_raw')}
      </summary>
      <pre class="raw" tabIndex={0} aria-label={t('cap_raw')} dir="ltr">
        {plan.raw}
      </pre>
    </details>
  </>
);

/** What a site counts as is about what it may learn: a token is always asked about, whoever asks, unless a rule is. */
const isToldOfTokens = ({ kind }: AskReason): boolean => kind !== 'role';

const Fact = ({ children }: { children: ComponentChildren }) => (
  <li>
    <span class="is-safe">
      <Icon name="check" />
    </span>
    <span>{children}</span>
  </li>
);

const Line = ({ icon, tone, children }: { icon: IconName; tone: string; children: ComponentChildren }) => (
  <p class={`why ${tone}`}>
    <Icon name={icon} size={16} />
    <span>{children}</span>
  </p>
);

/** Who can use it: that a copy is enough weighs on the decision. */
const Holder = ({ terms: { bearer, lifetime } }: { terms: CapabilityTermsView }) =>
  bearer ? (
    <Line icon="warn" tone="warn">
      {t('cap_bearer', String(lifetime))}
    </Line>
  ) : (
    <Line icon="key" tone="info">
      {t('cap_holder')}
    </Line>
  );

const Limits = ({ limits, amount }: { limits: readonly LimitStandingView[]; amount: string }) => (
  <>
    {limits.map((standing) => (
      <Line key={limitKey(standing.limit)} icon="scales" tone="info">
        {afterWords(standing, amount)}
        {standing.restored && ` ${t('limit_restored_short')}`}
      </Line>
    ))}
  </>
);

const Standings = ({
  standings,
  chosen,
  onChoose,
}: {
  standings: readonly StandingView[];
  chosen: StandingView | undefined;
  onChoose: (standing: StandingView | undefined) => void;
}) => {
  const name = useId();
  return (
    <Section title={t('cap_standing')}>
      <fieldset class="stack-tight">
        <legend class="unseen">{t('cap_standing')}</legend>
        {standings.map((standing) => (
          <label key={standing.id} class="choice">
            <input type="radio" name={name} checked={standing.id === chosen?.id} onChange={() => onChoose(standing)} />
            <span class="source">
              <span class="source-name">
                <Origin origin={standing.authority} />
              </span>
              {standing.grants.map((grant, at) => (
                <bdi key={at} dir="auto">
                  {grantWords(grant)}
                </bdi>
              ))}
              <span class="small soft">{t('expires_on', dateWords(standing.expiresAt))}</span>
            </span>
          </label>
        ))}
        <label class="choice">
          <input type="radio" name={name} checked={chosen === undefined} onChange={() => onChoose(undefined)} />
          <span>{t('cap_standing_none')}</span>
        </label>
      </fieldset>
    </Section>
  );
};

const Recognise = ({ standing }: { standing: StandingView | undefined }) => (
  <div class="stack-tight">
    <p>
      <strong>{t('recognise_same_key')}</strong> {standing === undefined && t('recognise_same_key_why')}
    </p>
    {standing !== undefined && (
      <Notice tone="warn">
        <Rich message={'cap_recognise_standing'} parts={[<Origin origin={standing.authority} />]} />
      </Notice>
    )}
  </div>
);
