import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Icon } from '../../components/icon.tsx';
import { IssuerWords } from '../../components/issuer-words.tsx';
import { Notice } from '../../components/notice.tsx';
import { formWords } from '../../components/site-words.ts';
import { dateWords } from '../../components/time-words.ts';
import { displayText } from '../../lib/core/index.ts';
import type { SELF_ISSUER } from '../../lib/credentials/index.ts';
import type { PlanView } from '../../lib/messaging/index.ts';
import { t, tn } from '../../lib/platform/index.ts';
import { factWords, labelWords } from './fact-words.ts';
import { Section } from './frame.tsx';
import { Why } from './why.tsx';

/** Who vouches for what a person says themselves: its type alone is imported, a window needs no code of credentials. */
const SELF: typeof SELF_ISSUER = 'self';

/** How many of the hidden labels are named before the rest is counted. */
const NAMED_HIDDEN = 4;

/** The answers to the four questions, for the plan that is chosen (design §10). */
export const Plan = ({
  plan,
  plans,
  onChoose,
  encrypted,
  asker,
  extras,
}: {
  plan: PlanView;
  plans: readonly PlanView[];
  onChoose: (digest: string) => void;
  /** Whether it goes out encrypted to who asks; undefined where that is no question. */
  encrypted?: boolean | undefined;
  asker: 'site' | 'agent';
  /** What the person may add to it. */
  extras: ComponentChildren;
}) => (
  <>
    <Section title={t('will_learn')}>
      <ul class="facts">
        {plan.learn.map((fact) => (
          <li key={fact.label} class="fact">
            <span class="is-safe">
              <Icon name="check" size={20} />
            </span>
            <span>
              <bdi dir="auto">{(fact.value === undefined ? factWords : labelWords)(displayText(fact.label, 120))}</bdi>
              {fact.value !== undefined && (
                <bdi dir="auto" class="fact-value">
                  {displayText(fact.value, 200)}
                </bdi>
              )}
            </span>
          </li>
        ))}
      </ul>
      <Why why={plan.why} asker={asker} />
    </Section>
    <Section title={t('will_not_learn')}>
      <Hidden labels={plan.hidden} />
    </Section>
    {extras}
    <Section title={t('recognise')}>
      <Recognise plan={plan} />
    </Section>
    <Section title={t('from')}>
      <From plan={plan} plans={plans} onChoose={onChoose} />
      <Details plan={plan} encrypted={encrypted} />
    </Section>
  </>
);

const Hidden = ({ labels }: { labels: readonly string[] }) => {
  if (labels.length === 0) return <p>{t('hidden_none')}</p>;
  const rest = labels.length - NAMED_HIDDEN;
  const named = rest === 1 ? labels : labels.slice(0, NAMED_HIDDEN);
  return (
    <ul class="hidden-facts">
      {named.map((label) => (
        <li key={label}>
          <bdi dir="auto">{displayText(label, 60)}</bdi>
        </li>
      ))}
      {rest > 1 && <li title={labels.slice(NAMED_HIDDEN).join(', ')}>{tn('hidden_more', rest)}</li>}
    </ul>
  );
};

/** More than a yes or no, which many people share. */
const tellsMore = ({ derived, value }: PlanView['learn'][number]): boolean =>
  !derived && value !== undefined && value !== 'yes' && value !== 'no';

const Recognise = ({ plan }: { plan: PlanView }) => {
  const byValues = plan.learn.some(tellsMore);
  const isUnlinkable = plan.format === 'bbs' || plan.format === 'bbs+';
  return (
    <div class="stack-tight">
      <Copy plan={plan} byValues={byValues} />
      {byValues && plan.linkability !== 'reused' && (
        <p>
          <strong>{t('recognise_values')}</strong> {isUnlinkable && t('recognise_values_unlinkable')}
          {!isUnlinkable && !plan.maybeUsed && plan.linkability !== 'same_key' && t('recognise_values_why')}
        </p>
      )}
      {plan.fewLeft !== undefined && (
        <p class="is-warn row">
          <Icon name="warn" size={16} /> {tn('few_left', plan.fewLeft)}
        </p>
      )}
    </div>
  );
};

/** The name of a claim or of a member as people read it. */
const linkableWords = (name: string): string => name.replaceAll('_', ' ');

/** What the copy itself gives away. */
const Copy = ({ plan: { linkability, linkable, maybeUsed }, byValues }: { plan: PlanView; byValues: boolean }) => {
  if (linkability === 'reused') {
    return (
      <Notice tone="warn">
        <strong>{t('recognise_reused')}</strong> {t('recognise_reused_why')}
      </Notice>
    );
  }
  if (linkability === 'same_key') {
    return (
      <p>
        <strong>{t('recognise_same_key')}</strong> {!byValues && t('recognise_same_key_why')}
      </p>
    );
  }
  if (maybeUsed) {
    return (
      <Notice tone="warn">
        <strong>{t('recognise_maybe_used')}</strong> {t('recognise_maybe_used_why')}
      </Notice>
    );
  }
  if (linkable.length > 0) {
    return (
      <Notice tone="warn">
        <strong>{t('recognise_linkable')}</strong>{' '}
        {t('recognise_linkable_why', displayText(linkable.map(linkableWords).join(', '), 200))}
      </Notice>
    );
  }
  if (byValues) return null;
  if (linkability === 'unlinkable') {
    return (
      <p>
        <strong>{t('recognise_unlinkable')}</strong> {t('recognise_unlinkable_why')}
      </p>
    );
  }
  return (
    <p>
      <strong>{t('recognise_no')}</strong> {t('recognise_no_why')}
    </p>
  );
};

const From = ({
  plan,
  plans,
  onChoose,
}: {
  plan: PlanView;
  plans: readonly PlanView[];
  onChoose: (digest: string) => void;
}) => {
  const name = useId();
  if (plans.length <= 1) return <PlanSource plan={plan} />;
  return (
    <fieldset class="stack-tight">
      <legend class="unseen">{t('choose_plan')}</legend>
      {plans.map((option) => (
        <label key={option.digest} class="choice">
          <input
            type="radio"
            name={name}
            checked={option.digest === plan.digest}
            onChange={() => onChoose(option.digest)}
          />
          <PlanSource plan={option} />
        </label>
      ))}
    </fieldset>
  );
};

const PlanSource = ({ plan }: { plan: PlanView }) => (
  <span class="sources">
    {plan.credentials.map((credential) =>
      credential.issuer.origin === SELF ? (
        <OwnWord key={credential.credentialId} />
      ) : (
        <Source key={credential.credentialId} credential={credential} />
      ),
    )}
  </span>
);

const OwnWord = () => (
  <span class="source">
    <span class="source-name">{t('self_source')}</span>
    <span class="small soft">{t('self_unvouched')}</span>
  </span>
);

const Source = ({ credential }: { credential: PlanView['credentials'][number] }) => (
  <span class="source">
    <bdi dir="auto" class="source-name">
      {displayText(credential.name, 80)}
    </bdi>
    <span class="soft">
      <IssuerWords name={credential.issuer.name} origin={credential.issuer.origin} />
    </span>
    {credential.expiresAt !== undefined && (
      <span class="small soft">{t('expires_on', dateWords(credential.expiresAt * 1000))}</span>
    )}
    <span class="small soft">
      {credential.issuer.vouched
        ? t('issuer_vouched', displayText(credential.issuer.voucher ?? '', 80))
        : t('issuer_unvouched')}
    </span>
  </span>
);

const Details = ({ plan, encrypted }: { plan: PlanView; encrypted: boolean | undefined }) => (
  <>
    <details>
      <summary>
        <Icon name="right" size={16} />
        {t('details')}
      </summary>
      <p class="soft">{t('also_sent')}</p>
      <dl class="pairs">
        <div>
          <dt>{t('proof_form')}</dt>
          <dd>{formWords(plan.format)}</dd>
        </div>
        {encrypted !== undefined && (
          <div>
            <dt>{t('proof_encrypted')}</dt>
            <dd>{encrypted ? t('proof_encrypted_yes') : t('proof_encrypted_no')}</dd>
          </div>
        )}
        {plan.alsoSent.map(({ label, value }) => (
          <div key={label}>
            <dt>
              <bdi dir="auto">{displayText(label, 80)}</bdi>
            </dt>
            <dd>
              <bdi dir="auto">{displayText(value, 200)}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </details>
    <details>
      <summary>
        <Icon name="right" size={16} />
        {t('raw')}
      </summary>
      <pre class="raw" tabIndex={0} aria-label={t('raw')} dir="ltr">
        {plan.raw}
      </pre>
    </details>
  </>
);
