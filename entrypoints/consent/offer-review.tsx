import { decayWords } from '../../components/decay-words.ts';
import { TextField, Tick } from '../../components/fields.tsx';
import { Icon } from '../../components/icon.tsx';
import { IssuerWords } from '../../components/issuer-words.tsx';
import { Notice } from '../../components/notice.tsx';
import { Origin } from '../../components/origin.tsx';
import { displayText } from '../../lib/core/index.ts';
import type { OfferWaiting, OfferedView } from '../../lib/messaging/index.ts';
import { t, tn } from '../../lib/platform/index.ts';
import { labelWords } from './fact-words.ts';
import { Section } from './frame.tsx';

/** What is offered, where the person sees it and has not decided. */
export type Review = Extract<OfferWaiting['state'], { step: 'review' }>;

/** What the person has put into the window so far. */
export interface Taking {
  readonly code: string;
  /** Ids of what they want. */
  readonly chosen: readonly string[];
}

/** Whether the person can take it as it stands. */
export const isComplete = (review: Review, { code, chosen }: Taking): boolean =>
  chosen.length > 0 && (review.by.kind !== 'code' || isCodeComplete(review, code));

function isCodeComplete({ transactionCode }: Review, code: string): boolean {
  if (transactionCode === undefined) return true;
  const { length } = code.trim();
  return transactionCode.length === undefined ? length > 0 : length === transactionCode.length;
}

/** Everything of an offer, before it is taken. */
export const ReviewOffer = ({
  review,
  issuer,
  taking,
  onTake,
}: {
  review: Review;
  issuer: string;
  taking: Taking;
  onTake: (taking: Taking) => void;
}) => {
  const [only, ...more] = review.credentials;
  return (
    <>
      {only !== undefined && more.length === 0 ? (
        <One credential={only} review={review} issuer={issuer} />
      ) : (
        <Several review={review} issuer={issuer} taking={taking} onTake={onTake} />
      )}
      {review.by.kind === 'code' && review.transactionCode !== undefined && (
        <Code wanted={review.transactionCode} code={taking.code} onCode={(code) => onTake({ ...taking, code })} />
      )}
      {review.by.kind === 'sign_in' && (
        <Section title={t('offer_sign_in_title')}>
          <p>{t('offer_sign_in_means', hostOf(review.by.at))}</p>
        </Section>
      )}
      {review.by.kind === 'granted' && <Notice tone="safe">{t('offer_signed_in_means')}</Notice>}
      {review.vouched ? (
        <Notice tone="safe">
          {review.voucher === undefined ? t('offer_vouched') : t('issuer_vouched', displayText(review.voucher, 80))}
        </Notice>
      ) : (
        <Notice tone="warn">
          <strong>{t('offer_unvouched')}</strong> {t('offer_unvouched_why')}
        </Notice>
      )}
      {only !== undefined && more.length === 0 && (
        <Section title={t('offer_claims')}>
          <Holds credential={only} />
        </Section>
      )}
      {review.unsupported.length > 0 && <Unsupported review={review} />}
      {review.others.length > 0 && (
        <Section title={t('offer_others')}>
          <Hosts origins={review.others} />
        </Section>
      )}
    </>
  );
};

const hostOf = (origin: string): string => URL.parse(origin)?.host ?? origin;

/** Hosts by their addresses, one under the other. */
export const Hosts = ({ origins }: { origins: readonly string[] }) => (
  <ul class="issuers">
    {origins.map((origin) => (
      <li key={origin}>
        <Origin origin={origin} />
      </li>
    ))}
  </ul>
);

const Issuer = ({ review, issuer }: { review: Review; issuer: string }) => (
  <p class="soft">
    <IssuerWords name={review.issuerName} origin={issuer} />
  </p>
);

const One = ({ credential, review, issuer }: { credential: OfferedView; review: Review; issuer: string }) => (
  <div class="offered card">
    <h2>
      <bdi dir="auto">{displayText(credential.name, 80)}</bdi>
    </h2>
    <Issuer review={review} issuer={issuer} />
  </div>
);

const Several = ({
  review,
  issuer,
  taking,
  onTake,
}: {
  review: Review;
  issuer: string;
  taking: Taking;
  onTake: (taking: Taking) => void;
}) => {
  const isSettled = review.by.kind === 'granted';
  const shown = isSettled ? review.credentials.filter(({ id }) => taking.chosen.includes(id)) : review.credentials;
  const pick = (id: string, on: boolean) =>
    onTake({ ...taking, chosen: on ? [...taking.chosen, id] : taking.chosen.filter((other) => other !== id) });
  return (
    <Section title={isSettled ? t('offer_issuer') : t('offer_pick')}>
      <Issuer review={review} issuer={issuer} />
      {shown.map((credential) => (
        <div key={credential.id} class="offered card">
          {isSettled ? (
            <strong>
              <bdi dir="auto">{displayText(credential.name, 80)}</bdi>
            </strong>
          ) : (
            <Tick
              label={displayText(credential.name, 80)}
              checked={taking.chosen.includes(credential.id)}
              onChange={(on) => pick(credential.id, on)}
            />
          )}
          <Holds credential={credential} />
        </div>
      ))}
      {taking.chosen.length === 0 && <p class="hint">{t('offer_pick_none')}</p>}
    </Section>
  );
};

const Holds = ({ credential }: { credential: OfferedView }) => (
  <>
    {credential.claims.length === 0 && <p>{t('offer_claims_unsaid')}</p>}
    <ul class="facts two">
      {credential.claims.map((claim) => (
        <li key={claim}>
          <span class="soft">
            <Icon name="check" />
          </span>
          <bdi dir="auto">{labelWords(displayText(claim, 80))}</bdi>
        </li>
      ))}
    </ul>
    <p class="soft">{credential.unlinkable ? t('offer_unlinkable') : tn('offer_copies', credential.copies)}</p>
    {decayWords(credential.decay) !== '' && <p class="soft">{decayWords(credential.decay)}</p>}
  </>
);

const Code = ({
  wanted,
  code,
  onCode,
}: {
  wanted: NonNullable<Review['transactionCode']>;
  code: string;
  onCode: (code: string) => void;
}) => (
  <Section title={t('offer_code_title')}>
    <TextField
      label={t('offer_code')}
      mono
      value={code}
      onInput={onCode}
      maxLength={wanted.length ?? 64}
      inputMode={wanted.numeric ? 'numeric' : 'text'}
      hint={
        wanted.description === undefined ? (
          t('offer_code_hint')
        ) : (
          <>
            {t('offer_code_says')} “<bdi dir="auto">{displayText(wanted.description, 300)}</bdi>”
          </>
        )
      }
    />
  </Section>
);

const Unsupported = ({ review }: { review: Review }) => (
  <Section title={t('offer_unsupported')}>
    <ul class="issuers">
      {review.unsupported.map(({ name, why }) => (
        <li key={name}>
          <bdi dir="auto">{displayText(name, 80)}</bdi>
          <p class="hint">
            <bdi dir="auto">{displayText(why, 300)}</bdi>
          </p>
        </li>
      ))}
    </ul>
  </Section>
);
