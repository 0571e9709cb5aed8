import { useArming } from '../../components/arming.ts';
import { Button } from '../../components/button.tsx';
import { Grants } from '../../components/capability/grants.tsx';
import { Icon } from '../../components/icon.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { Origin, OriginWithTransport } from '../../components/origin.tsx';
import { Rich } from '../../components/rich.tsx';
import { dateAndTimeWords } from '../../components/time-words.ts';
import { useAction } from '../../components/use-action.ts';
import { displayText } from '../../lib/core/index.ts';
import type { AuthorityWaiting, WalletStatus } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { AllowButton } from './allow-button.tsx';
import { DenyButton, DenyPanel } from './deny.tsx';
import { Failed } from './failed.tsx';
import { Frame, Section } from './frame.tsx';
import { Locked, NoVault } from './gates.tsx';
import { useDoors } from './panel.tsx';

type Review = Extract<AuthorityWaiting['state'], { step: 'review' }>;

/** An authority offers a standing permission: first whether to ask it for its keys, then what it offers. */
export const AuthorityRequest = ({
  request,
  status,
  again,
}: {
  request: AuthorityWaiting;
  status: WalletStatus;
  again: () => void;
}) => {
  const { requestId, state, authority } = request;
  const { armed, pressed, guard } = useArming(subjectOf(request));
  const decision = useAction();
  const doors = useDoors();
  const more = state.step !== 'failed' && request.ofThisSite > 1 ? doors.door('deny') : undefined;

  const then = (work: () => Promise<unknown>) => () =>
    decision.run(async () => {
      try {
        await work();
      } finally {
        again();
      }
    });
  const deny = then(() => ask('requests.deny', { requestId }));
  const denyAll = then(() => ask('requests.denySite', { requestId }));
  const proceed = then(() => ask('requests.continueAuthority', { requestId }));
  const accept = ({ digest }: Review) => then(() => ask('requests.acceptAuthority', { requestId, digest }));

  return (
    <Frame
      request={request}
      title={t('asks_authority')}
      focusHeading={state.step !== 'locked'}
      panel={
        more?.open === true && (
          <DenyPanel door={more} request={request} asked={[]} onAll={denyAll} onNever={undefined} />
        )
      }
      actions={
        <>
          <Problem error={decision.error} />
          <div class="decide-row">
            {state.step === 'failed' ? (
              <Button onClick={deny} disabled={decision.busy}>
                {t('close')}
              </Button>
            ) : (
              <DenyButton
                onDeny={deny}
                busy={decision.busy}
                more={more}
                {...(state.step === 'review' ? { label: t('authority_decline') } : {})}
              />
            )}
            {state.step === 'ask' && (
              <AllowButton
                armed={armed}
                busy={decision.busy}
                pressed={pressed}
                onClick={guard(proceed)}
                label={t('offer_continue')}
              />
            )}
            {state.step === 'review' && (
              <AllowButton
                armed={armed}
                busy={decision.busy}
                pressed={pressed}
                onClick={guard(accept(state))}
                label={t('offer_accept')}
              />
            )}
          </div>
        </>
      }
    >
      {authority !== request.origin && state.step !== 'review' && state.step !== 'failed' && (
        <Section title={t('authority_from')}>
          <p class="issuer-host">
            <OriginWithTransport origin={authority} />
          </p>
        </Section>
      )}
      {state.step === 'no_vault' && <NoVault />}
      {state.step === 'locked' && <Locked status={status} again={again} />}
      {state.step === 'ask' && <AskFirst authority={authority} />}
      {state.step === 'review' && <ReviewOffer review={state} authority={authority} />}
      {state.step === 'failed' && (
        <Failed title="offer_failed" message={state.message}>
          <p class="soft">{t('offer_failed_kept')}</p>
        </Failed>
      )}
    </Frame>
  );
};

function subjectOf({ requestId, authority, state }: AuthorityWaiting): string | null {
  if (state.step === 'ask') return `${requestId} ${authority}`;
  return state.step === 'review' ? `${requestId} ${state.digest}` : null;
}

const AskFirst = ({ authority }: { authority: string }) => (
  <Section title={t('authority_ask_title')}>
    <p>
      <Rich message={'authority_ask'} parts={[<Origin origin={authority} />]} />
    </p>
    <p class="soft">{t('authority_ask_next')}</p>
  </Section>
);

const ReviewOffer = ({ review, authority }: { review: Review; authority: string }) => (
  <>
    <section class="part">
      <h2>
        <Rich message={'authority_lets'} parts={[<Origin origin={authority} />]} />
      </h2>
      <Grants grants={review.grants} />
      <p class="soft">{t('cap_until_sentence', dateAndTimeWords(review.expiresAt))}</p>
    </section>
    {review.trusted ? (
      <p class="why info">
        <Icon name="check" size={16} />
        <span>{t('authority_trusted')}</span>
      </p>
    ) : (
      <Notice tone="warn">
        <strong>{t('authority_untrusted')}</strong> {t('authority_untrusted_why')}
      </Notice>
    )}
    <Section title={t('authority_means')}>
      <p>{t('authority_means_shown')}</p>
      <p class="soft">{t('authority_means_end')}</p>
    </Section>
    <details>
      <summary>
        <Icon name="right" size={16} />
        {t('authority_keys')}
      </summary>
      <ul class="stack-tight small">
        {review.keys.map((key) => (
          <li key={key} class="mono">
            {displayText(key, 80)}
          </li>
        ))}
      </ul>
      {review.coSigners.length > 0 && (
        <>
          <p class="soft">{t('authority_co_signers')}</p>
          <ul class="stack-tight small">
            {review.coSigners.map((key) => (
              <li key={key} class="mono">
                {displayText(key, 80)}
              </li>
            ))}
          </ul>
        </>
      )}
    </details>
  </>
);
