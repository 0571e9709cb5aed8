import type { ComponentChildren } from 'preact';
import { Icon } from '../../../../components/icon.tsx';
import { dateWords } from '../../../../components/time-words.ts';
import { displayText } from '../../../../lib/core/index.ts';
import type { AnchorView, CertificateView, VouchesFor } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';

/** A certificate that is trusted: what it is called, for whom it vouches, and what it vouches for now. */
export const Anchor = ({ anchor, children }: { anchor: AnchorView; children?: ComponentChildren }) => (
  <article class="trusted-one">
    <div class="grow stack-tight">
      <h3>
        <bdi dir="auto">{displayText(anchor.name, 80)}</bdi>
      </h3>
      <p class="soft">{vouchesWords(anchor.vouchesFor)}</p>
      {anchor.outOfTime && (
        <p class="row is-warn">
          <Icon name="warn" size={16} />
          {t('trust_out_of_time')}
        </p>
      )}
      <Vouched credentials={anchor.credentials} />
      <details>
        <summary class="small soft">
          <Icon name="right" size={14} />
          {t('trust_certificate')}
        </summary>
        <CertificateFacts certificate={anchor} types={anchor.types} />
      </details>
    </div>
    {children}
  </article>
);

const Vouched = ({ credentials }: Pick<AnchorView, 'credentials'>) =>
  credentials.length === 0 ? (
    <p class="small soft">{t('trust_vouches_nothing')}</p>
  ) : (
    <div class="small">
      <p class="soft">{tn('trust_vouches_now', credentials.length)}</p>
      <ul class="tags">
        {credentials.map(({ id, name }) => (
          <li key={id}>
            <a class="link" href={`#/credentials/${id}`}>
              <bdi dir="auto">{displayText(name, 80)}</bdi>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );

/** For whom somebody vouches, in words. */
export function vouchesWords(vouchesFor: readonly VouchesFor[]): string {
  if (vouchesFor.length === 2) return t('trust_for_both');
  return t(vouchesFor[0] === 'verifiers' ? 'trust_for_verifiers' : 'trust_for_issuers');
}

/** What a certificate says of itself, as somebody compares it with what they were told elsewhere. */
export const CertificateFacts = ({
  certificate,
  types,
}: {
  certificate: CertificateView;
  types?: readonly string[] | undefined;
}) => (
  <dl class="facts-list small">
    <dt>{t('trust_subject')}</dt>
    <dd>
      <bdi dir="auto">{displayText(certificate.subject, 160) || t('trust_no_name')}</bdi>
    </dd>
    {certificate.issuer !== certificate.subject && (
      <>
        <dt>{t('trust_issued_by')}</dt>
        <dd>
          <bdi dir="auto">{displayText(certificate.issuer, 160)}</bdi>
        </dd>
      </>
    )}
    <dt>{t('trust_time')}</dt>
    <dd>{t('trust_from_to', dateWords(certificate.notBefore), dateWords(certificate.notAfter))}</dd>
    <dt>{t('trust_fingerprint')}</dt>
    <dd class="mono fingerprint">{certificate.fingerprint}</dd>
    {types !== undefined && (
      <>
        <dt>{t('trust_types')}</dt>
        <dd class="mono">{displayText(types.join(', '), 300)}</dd>
      </>
    )}
  </dl>
);
