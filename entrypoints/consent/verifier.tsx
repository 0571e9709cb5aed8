import { Icon } from '../../components/icon.tsx';
import { displayText } from '../../lib/core/index.ts';
import type { VerifierInfoView, VerifierView } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';

/**
 * Who signed the request, below the origin that the browser names. Nothing where nobody did: the origin says it all. A
 * name that nobody trusted vouches for is what its bearer wrote, and no more.
 * @param open whether the vault is: before that it is not known whom the person trusts
 */
export const VerifierLine = ({ verifier, open }: { verifier: VerifierView | undefined; open: boolean }) => {
  if (verifier === undefined || verifier.kind === 'unsigned') return null;
  const isItsOwnWord = 'vouched' in verifier && !(open && verifier.vouched);
  return (
    <div class="verifier">
      <p>
        {t(isItsOwnWord ? 'verifier_says' : 'verifier_signed')}{' '}
        <bdi dir="auto" class="verifier-name">
          {nameOf(verifier)}
        </bdi>
      </p>
      {open && <Vouching verifier={verifier} />}
    </div>
  );
};

type Signed = Exclude<VerifierView, { kind: 'unsigned' }>;

function nameOf(verifier: Signed): string {
  switch (verifier.kind) {
    case 'certificate':
      return displayText(verifier.name === '' ? (verifier.names[0] ?? '') : verifier.name, 120);
    case 'did':
      return displayText(verifier.did, 200);
    case 'attested':
      return displayText(verifier.name, 120);
    case 'redirect_uri':
      return displayText(verifier.uri, 200);
  }
}

const Vouching = ({ verifier }: { verifier: Signed }) => {
  const by = voucherOf(verifier);
  if (by === undefined) {
    return (
      <p class="small is-warn row">
        <Icon name="warn" size={16} />
        {t('verifier_unvouched')}
      </p>
    );
  }
  return (
    <p class="small is-safe row">
      <Icon name="safe" size={16} />
      <bdi dir="auto">{t('verifier_vouched', displayText(by, 120))}</bdi>
    </p>
  );
};

/** Who vouches for it, of those that the person trusts. */
function voucherOf(verifier: Signed): string | undefined {
  if (verifier.kind === 'certificate') return verifier.vouched ? verifier.issuer : undefined;
  return verifier.kind === 'attested' && verifier.vouched ? verifier.attester : undefined;
}

/** What the request says of itself, folded away: nobody checked it, but for what says who attests it. */
export const VerifierInfo = ({ info }: { info: readonly VerifierInfoView[] }) => (
  <details>
    <summary>
      <Icon name="right" size={16} />
      {t('verifier_info')}
    </summary>
    {info.map(({ format, text, by }, index) => (
      // Nothing tells two of them apart but their place, which does not change.
      <div key={index} class="stack-tight">
        <p class="soft">
          {by === undefined ? t('verifier_info_unchecked') : t('verifier_info_by', displayText(by, 120))} (
          <bdi dir="auto">{displayText(format, 80)}</bdi>)
        </p>
        <pre class="raw" tabIndex={0} aria-label={t('verifier_info')} dir="ltr">
          {text}
        </pre>
      </div>
    ))}
  </details>
);
