import { useState } from 'preact/hooks';
import { useArming } from '../../components/arming.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { isAboutOpener, useOpener } from '../../components/opener.tsx';
import { Origin } from '../../components/origin.tsx';
import { useAction } from '../../components/use-action.ts';
import { displayText } from '../../lib/core/index.ts';
import type { PlanView, ProofWaiting, WalletStatus } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { factWords } from './fact-words.ts';
import { Frame, Section } from './frame.tsx';
import { Locked, NoVault } from './gates.tsx';
import { Grant } from './grant.tsx';
import { Plan } from './plan.tsx';

interface Props {
  readonly request: ProofWaiting;
  readonly status: WalletStatus;
  readonly again: () => void;
}

/** A site asks for a proof. */
export const ProofRequest = ({ request, status, again }: Props) => {
  const { state } = request;
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const plans = state.step === 'ready' ? state.plans : [];
  const plan = plans.find(({ digest }) => digest === chosen) ?? plans[0];
  const { armed, pressed, guard } = useArming(plan === undefined ? null : `${request.requestId} ${plan.digest}`);
  const opener = useOpener(status);
  const decision = useAction();
  const locks = plan !== undefined && plan.compartments.length > 0;

  const decide = (work: () => Promise<unknown>) =>
    decision.run(async () => {
      try {
        await work();
      } finally {
        again(); // also when it failed: what is shown may have ended meanwhile
      }
    });
  const { requestId } = request;
  const deny = () => decide(() => ask('requests.deny', { requestId }));
  const allow = ({ digest }: PlanView) =>
    decide(() =>
      locks
        ? opener.use((by) => ask('requests.allowProof', { requestId, digest, opener: by }))
        : ask('requests.allowProof', { requestId, digest }),
    );

  const denyButton = (
    <Button onClick={deny} disabled={decision.busy}>
      {state.step === 'nothing' || state.step === 'failed' ? t('close') : t('deny')}
    </Button>
  );

  return (
    <Frame
      request={request}
      title={t('asks_proof')}
      quote={displayText(request.purpose, 140)}
      focusHeading={state.step !== 'locked'}
      actions={
        <>
          {locks && (
            <Grant
              compartments={plan.compartments}
              status={status}
              opener={opener}
              busy={decision.busy}
              error={decision.error}
            />
          )}
          <Problem error={locks && isAboutOpener(decision.error) ? undefined : decision.error} />
          <div class="decide-row">
            {denyButton}
            {plan !== undefined && (
              <AllowButton
                armed={armed && (!locks || opener.ready)}
                busy={decision.busy}
                pressed={pressed}
                onClick={guard(() => {
                  if (!locks || opener.ready) allow(plan);
                })}
                label={t('allow_once')}
              />
            )}
          </div>
        </>
      }
    >
      {state.step === 'no_vault' && (
        <>
          <Asked asked={request.asked} />
          <NoVault />
        </>
      )}
      {state.step === 'locked' && (
        <>
          <Asked asked={request.asked} />
          <Locked status={status} again={again} />
        </>
      )}
      {state.step === 'failed' && <Failed message={state.message} />}
      {state.step === 'nothing' && <Nothing missing={state.missing} issuers={state.issuers} />}
      {plan !== undefined && <Plan plan={plan} plans={plans} onChoose={setChosen} />}
    </Frame>
  );
};

/**
 * The button that approves. It stays in the tab order while it waits, so that arming moves no focus, and it is never
 * the default of a form: only its own press reaches it.
 */
export const AllowButton = ({
  armed,
  busy,
  pressed,
  onClick,
  label,
}: {
  armed: boolean;
  busy: boolean;
  pressed: (event: Event) => void;
  onClick: (event: Event) => void;
  label: string;
}) => (
  <button
    type="button"
    class="button primary"
    aria-disabled={!armed || busy}
    onPointerDown={pressed}
    onKeyDown={pressed}
    onClick={(event) => {
      if (!busy) onClick(event);
    }}
  >
    {busy && <span class="busy-dot" aria-hidden="true" />}
    {label}
  </button>
);

/** What is asked, while nobody knows yet what can be answered. */
const Asked = ({ asked }: { asked: readonly string[] }) => (
  <Section title={t('they_ask')}>
    <ul class="facts">
      {asked.map((label) => (
        <li key={label}>
          <span class="soft">
            <Icon name="right" />
          </span>
          <bdi dir="auto">{factWords(displayText(label, 120))}</bdi>
        </li>
      ))}
    </ul>
  </Section>
);

const Failed = ({ message }: { message: string }) => (
  <Section title={t('consent_failed')}>
    <Notice tone="harm">
      <bdi dir="auto">{displayText(message, 400)}</bdi>
    </Notice>
  </Section>
);

const Nothing = ({ missing, issuers }: { missing: readonly string[]; issuers: readonly string[] }) => (
  <>
    <Section title={t('nothing_title')}>
      <p class="soft">{t('nothing_missing')}</p>
      <ul class="facts">
        {missing.map((label) => (
          <li key={label}>
            <span class="is-warn">
              <Icon name="x" />
            </span>
            <bdi dir="auto">{factWords(displayText(label, 120))}</bdi>
          </li>
        ))}
      </ul>
    </Section>
    <Section title={t('nothing_where')}>
      {issuers.length === 0 ? (
        <p>{t('nothing_any_issuer')}</p>
      ) : (
        <>
          <p>{t('nothing_issuers')}</p>
          <ul class="issuers">
            {issuers.map((issuer) => (
              <li key={issuer}>
                <Origin origin={issuer} />
              </li>
            ))}
          </ul>
        </>
      )}
      <p class="soft">{t('nothing_site_sees')}</p>
    </Section>
  </>
);
