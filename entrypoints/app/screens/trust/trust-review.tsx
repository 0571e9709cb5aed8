import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { TextField, Tick } from '../../../../components/fields.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { displayText } from '../../../../lib/core/index.ts';
import type { TrustReview, VouchesFor } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';
import { CertificateFacts, vouchesWords } from './trust-anchor.tsx';
import { Signer } from './trusted-list.tsx';

type Certificates = Extract<TrustReview, { readonly kind: 'certificates' }>;
type List = Extract<TrustReview, { readonly kind: 'list' }>;

/** What was found, before it is trusted: what it says of itself, and what trusting it means. */
export const ReviewTrust = ({ review, onDone }: { review: TrustReview; onDone: () => void }) =>
  review.kind === 'list' ? (
    <ReviewList review={review} onDone={onDone} />
  ) : (
    <ReviewCertificates review={review} onDone={onDone} />
  );

const ReviewCertificates = ({ review: { certificates }, onDone }: { review: Certificates; onDone: () => void }) => {
  const usable = certificates.filter(({ problem }) => problem === undefined);
  const [names, setNames] = useState<Readonly<Record<string, string>>>({});
  const [vouchesFor, setVouchesFor] = useState<readonly VouchesFor[]>(['issuers']);
  const { busy, error, run } = useAction();
  const nameOf = ({ id, known, subject }: Certificates['certificates'][number]): string =>
    names[id] ?? known ?? displayText(subject, 80);
  const toggle = (which: VouchesFor, on: boolean) =>
    setVouchesFor(on ? [...vouchesFor, which] : vouchesFor.filter((one) => one !== which));
  const trust = () =>
    run(async () => {
      const named = usable.map((one) => ({ certificate: one.certificate, name: nameOf(one) }));
      await ask('trust.add', { certificates: named, vouchesFor });
      onDone();
    });
  return (
    <div class="stack-wide narrow-form">
      <header class="stack-tight">
        <h1>{t('trust_review_title')}</h1>
        <p class="soft">{t('trust_review_lead')}</p>
      </header>
      <ul class="trusted">
        {certificates.map((one) => (
          <li key={one.id} class="stack">
            {one.problem === undefined ? (
              <TextField
                label={t('trust_name')}
                value={nameOf(one)}
                onInput={(name) => setNames({ ...names, [one.id]: name })}
                maxLength={80}
              />
            ) : (
              <Notice tone="harm">
                <strong>{t('trust_unusable')}</strong> {one.problem}
              </Notice>
            )}
            {one.known !== undefined && <Notice tone="info">{t('trust_known', displayText(one.known, 80))}</Notice>}
            <CertificateFacts certificate={one} />
          </li>
        ))}
      </ul>
      {usable.length > 0 && (
        <fieldset class="field">
          <legend>{t('trust_for')}</legend>
          <div class="choices">
            <Tick
              label={t('trust_for_issuers')}
              detail={t('trust_for_issuers_means')}
              checked={vouchesFor.includes('issuers')}
              onChange={(on) => toggle('issuers', on)}
            />
            <Tick
              label={t('trust_for_verifiers')}
              detail={t('trust_for_verifiers_means')}
              checked={vouchesFor.includes('verifiers')}
              onChange={(on) => toggle('verifiers', on)}
            />
          </div>
        </fieldset>
      )}
      <Problem error={error} />
      <div class="row-wrap">
        <Button look="primary" busy={busy} disabled={usable.length === 0 || vouchesFor.length === 0} onClick={trust}>
          {t('trust_confirm')}
        </Button>
        <Button look="quiet" onClick={onDone}>
          {t('cancel')}
        </Button>
      </div>
    </div>
  );
};

const ReviewList = ({ review, onDone }: { review: List; onDone: () => void }) => {
  const { text, name, address, signer, anchors, leftOut, replaces } = review;
  const { busy, error, run } = useAction();
  const take = () =>
    run(async () => {
      const from = address === undefined ? {} : { address };
      await ask('trust.takeList', { text, ...from, ...(replaces === undefined ? {} : { id: replaces.id }) });
      onDone();
    });
  return (
    <div class="stack-wide narrow-form">
      <header class="stack-tight">
        <h1>
          <bdi dir="auto">{displayText(name, 80)}</bdi>
        </h1>
        <p class="soft">{tn('trust_list_count', anchors.length)}</p>
        {address !== undefined && <p class="small soft">{t('trust_list_from', URL.parse(address)?.host ?? address)}</p>}
      </header>
      <Signer signer={signer} />
      {signer === undefined ? (
        <Notice tone="warn">{t('trust_unsigned_means')}</Notice>
      ) : (
        <Notice tone="info">{t('trust_signed_means')}</Notice>
      )}
      {replaces !== undefined && <Changes replaces={replaces} />}
      <ul class="trusted">
        {anchors.map((one) => (
          <li key={one.id} class="stack-tight">
            <h2>
              <bdi dir="auto">{displayText(one.name, 80)}</bdi>
            </h2>
            <p class="soft">{vouchesWords(one.vouchesFor)}</p>
            <CertificateFacts certificate={one} types={one.types} />
          </li>
        ))}
      </ul>
      {leftOut.length > 0 && (
        <section class="stack-tight">
          <h2>{t('trust_left_out')}</h2>
          <ul class="stack-tight small">
            {leftOut.map((one, index) => (
              <li key={index}>
                <bdi dir="auto">{displayText(one.name, 80) || t('trust_no_name')}</bdi>: {one.problem}
              </li>
            ))}
          </ul>
        </section>
      )}
      <Problem error={error} />
      <div class="row-wrap">
        <Button look="primary" busy={busy} onClick={take}>
          {t('trust_take_list')}
        </Button>
        <Button look="quiet" onClick={onDone}>
          {t('cancel')}
        </Button>
      </div>
    </div>
  );
};

const Changes = ({ replaces: { added, removed } }: { replaces: NonNullable<List['replaces']> }) => (
  <Notice tone="info">
    <p>{tn('trust_list_added', added)}</p>
    <p>{tn('trust_list_gone', removed.length)}</p>
    {removed.length > 0 && <p class="small">{displayText(removed.join(', '), 400)}</p>}
  </Notice>
);
