import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { decayWords } from '../../../../components/decay-words.ts';
import { Dialog } from '../../../../components/dialog.tsx';
import { Tick } from '../../../../components/fields.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { IssuerWords } from '../../../../components/issuer-words.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { Rich } from '../../../../components/rich.tsx';
import { dateWords } from '../../../../components/time-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import { displayText } from '../../../../lib/core/index.ts';
import type { CredentialView, WalletStatus } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';
import { goTo } from '../../route.ts';
import { Renew } from './credential-renew.tsx';
import { Empty } from '../parts/empty.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { PromisedList } from './promised.tsx';
import { matches, SearchField } from '../parts/search-field.tsx';

/** From how many entries a list has search. */
const SEARCH_FROM = 7;
/** From how few copies the person is told. */
const FEW = 3;
const CLAIMS_ON_CARD = 6;

/** What issuers signed for the person, and what they have promised to. */
export const Credentials = ({ id, status }: { id: string; status: WalletStatus }) => {
  const asked = useAsked('credentials.list', {}, ['credentials']);
  if (asked.state === 'loading') return <Loading />;
  if (asked.state === 'failed') return <Problem error={asked.error} />;
  const { credentials } = asked.value;
  const chosen = credentials.find((credential) => credential.id === id);
  return chosen === undefined ? (
    <List credentials={credentials} status={status} />
  ) : (
    <Detail credential={chosen} status={status} />
  );
};

const List = ({ credentials, status }: { credentials: readonly CredentialView[]; status: WalletStatus }) => {
  const [query, setQuery] = useState('');
  const shown = credentials.filter(({ name, issuer, claims }) =>
    matches(query, name, issuer.name, issuer.origin, ...claims.map(({ label }) => label)),
  );
  return (
    <div class="stack-wide">
      <PageHead title={t('nav_credentials')} lead={t('credentials_lead')} />
      <PromisedList status={status} />
      {credentials.length === 0 && (
        <Empty title={t('credentials_empty')}>
          <p class="soft">{t('credentials_empty_where')}</p>
          <p class="soft">{t('credentials_empty_demo')}</p>
        </Empty>
      )}
      {credentials.length >= SEARCH_FROM && (
        <SearchField label={t('credentials_search')} value={query} onInput={setQuery} />
      )}
      {credentials.length > 0 && shown.length === 0 && <p class="soft">{t('search_none')}</p>}
      <ul class="cards">
        {shown.map((credential) => (
          <li key={credential.id}>
            <Card credential={credential} />
          </li>
        ))}
      </ul>
    </div>
  );
};

const Card = ({ credential }: { credential: CredentialView }) => (
  <a class="card credential" href={`#/credentials/${credential.id}`}>
    <span class="row">
      <span class="stack-tight grow">
        <h2>
          <bdi dir="auto">{displayText(credential.name, 80)}</bdi>
        </h2>
        <Issuer credential={credential} />
      </span>
      <Icon name="right" />
    </span>
    <ul class="tags">
      {credential.claims.slice(0, CLAIMS_ON_CARD).map(({ label }) => (
        <li key={label}>
          <bdi dir="auto">{displayText(label, 60)}</bdi>
        </li>
      ))}
      {credential.claims.length > CLAIMS_ON_CARD && (
        <li class="soft">{tn('hidden_more', credential.claims.length - CLAIMS_ON_CARD)}</li>
      )}
    </ul>
    <span class="row-wrap small">
      <End credential={credential} />
      <Copies credential={credential} />
      <Expiry credential={credential} />
    </span>
  </a>
);

/** States in which a credential is not shown, though its time is not over. */
const HALTED = {
  revoked: ['credential_revoked', 'credential_revoked_long', 'harm'],
  consumed: ['credential_consumed', 'credential_consumed_long', 'warn'],
  suspended: ['credential_suspended', 'credential_suspended_long', 'warn'],
} as const;

const haltOf = ({ state }: CredentialView) =>
  state === 'revoked' || state === 'consumed' || state === 'suspended' ? HALTED[state] : undefined;

/** No copy of it is of use to anyone any more. */
const isOver = ({ state }: CredentialView): boolean => state === 'revoked' || state === 'consumed';

const End = ({ credential }: { credential: CredentialView }) => {
  const halt = haltOf(credential);
  if (halt === undefined) return null;
  const [short, , tone] = halt;
  return (
    <span class={`row is-${tone}`}>
      <Icon name={tone} size={16} />
      {t(short)}
    </span>
  );
};

const Issuer = ({ credential: { issuer } }: { credential: CredentialView }) => (
  <span class="soft">
    <IssuerWords name={issuer.name} origin={issuer.origin} />
  </span>
);

/** Who vouches for the issuer, by the name that the person or a list has for them; or that nobody does. */
const Vouched = ({ credential: { issuer } }: { credential: CredentialView }) =>
  issuer.vouched ? (
    <Notice tone="safe">
      <Rich message={'issuer_vouched_long'} parts={[<bdi dir="auto">{displayText(issuer.voucher ?? '', 80)}</bdi>]} />{' '}
      <a class="link" href="#/trust">
        {t('issuer_vouched_link')}
      </a>
    </Notice>
  ) : (
    <Notice tone="info">{t('issuer_unvouched_long')}</Notice>
  );

const Copies = ({ credential }: { credential: CredentialView }) => {
  if (isOver(credential)) return null;
  if (credential.unlinkable) return <span class="row soft">{t('copies_unlinkable')}</span>;
  if (credential.lastReused) {
    return (
      <span class="row is-warn">
        <Icon name="warn" size={16} />
        {t('copies_reused')}
      </span>
    );
  }
  const few = credential.instancesLeft <= FEW;
  return (
    <span class={few ? 'row is-warn' : 'row soft'}>
      {few && <Icon name="warn" size={16} />}
      {tn('copies_left', credential.instancesLeft)}
    </span>
  );
};

const Expiry = ({ credential: { expiresAt } }: { credential: CredentialView }) => {
  if (expiresAt === undefined) return null;
  const date = dateWords(expiresAt * 1000);
  return expiresAt * 1000 < Date.now() ? (
    <span class="row is-harm">
      <Icon name="harm" size={16} />
      {t('expired_on', date)}
    </span>
  ) : (
    <span class="soft">{t('expires_on', date)}</span>
  );
};

/** Nothing is proven with it any more. */
const isPast = (credential: CredentialView): boolean =>
  isOver(credential) || credential.phase === 'over' || credential.state === 'expired';

const Detail = ({ credential, status }: { credential: CredentialView; status: WalletStatus }) => {
  const [asking, setAsking] = useState(false);
  const halt = haltOf(credential);
  const fades = decayWords(credential.decay);
  return (
    <div class="stack-wide">
      <div class="stack-tight">
        <a class="link back" href="#/credentials">
          {t('credentials_back')}
        </a>
        <h1>
          <bdi dir="auto">{displayText(credential.name, 80)}</bdi>
        </h1>
        <Issuer credential={credential} />
      </div>
      {halt !== undefined && <Notice tone={halt[2]}>{t(halt[1])}</Notice>}
      {credential.phase === 'ageing' && <Notice tone="info">{t('phase_ageing')}</Notice>}
      {credential.phase === 'fading' && <Notice tone="warn">{t('phase_fading')}</Notice>}
      <Vouched credential={credential} />
      {credential.lastReused && <Notice tone="warn">{t('copies_reused_long')}</Notice>}
      <section class="stack">
        <h2>{t(isPast(credential) ? 'credential_proved' : 'credential_proves')}</h2>
        <ul class="claims">
          {credential.claims.map((claim) => (
            <li key={JSON.stringify(claim.path)}>
              <bdi dir="auto" class="grow">
                {displayText(claim.label, 80)}
              </bdi>
              <span class="small soft">{t(`claim_tier_${claim.tier}`)}</span>
            </li>
          ))}
          {credential.numbers.map((label) => (
            <li key={label}>
              <bdi dir="auto" class="grow">
                {displayText(label, 80)}
              </bdi>
              <span class="small soft">{t('credential_numbers')}</span>
            </li>
          ))}
        </ul>
      </section>
      <section class="stack">
        <h2>{t('credential_about')}</h2>
        <dl class="facts-list">
          {!isOver(credential) && (
            <>
              <dt>{t('credential_copies')}</dt>
              <dd>
                {credential.unlinkable
                  ? t('credential_copies_unlinkable')
                  : t('credential_copies_of', String(credential.instancesLeft), String(credential.instancesReceived))}
              </dd>
            </>
          )}
          <dt>{t('credential_received')}</dt>
          <dd>{dateWords(credential.receivedAt)}</dd>
          {credential.renewedAt !== undefined && (
            <>
              <dt>{t('renew_last')}</dt>
              <dd>{dateWords(credential.renewedAt)}</dd>
            </>
          )}
          {credential.issuedAt !== undefined && (
            <>
              <dt>{t('credential_issued')}</dt>
              <dd>{dateWords(credential.issuedAt * 1000)}</dd>
            </>
          )}
          {credential.expiresAt !== undefined && (
            <>
              <dt>{t('valid_until')}</dt>
              <dd>{dateWords(credential.expiresAt * 1000)}</dd>
            </>
          )}
          {fades !== '' && (
            <>
              <dt>{t('credential_fades')}</dt>
              <dd>{fades}</dd>
            </>
          )}
          {credential.issuer.id !== undefined && (
            <>
              <dt>{t('credential_issuer_id')}</dt>
              <dd class="mono">{displayText(credential.issuer.id, 300)}</dd>
            </>
          )}
          <dt>{t('credential_type')}</dt>
          <dd class="mono">{displayText(credential.vct, 200)}</dd>
        </dl>
      </section>
      {credential.describable && <Description credential={credential} />}
      {credential.renewable && <Renew credential={credential} status={status} few={FEW} />}
      {credential.hasStatus && <Revocation credential={credential} />}
      <div>
        <Button look="harm" onClick={() => setAsking(true)}>
          <Icon name="trash" size={16} />
          {t('credential_delete')}
        </Button>
      </div>
      {asking && <Delete credential={credential} onClose={() => setAsking(false)} />}
    </div>
  );
};

/** What the publisher of its kind says of it: fetched when the person asks, and never by itself. */
const Description = ({ credential: { id, vct, type } }: { credential: CredentialView }) => {
  const { busy, error, run } = useAction();
  const look = () =>
    run(async () => {
      await ask('credentials.describe', { id });
    });
  return (
    <section class="stack">
      <h2>{t('credential_described')}</h2>
      <div role="status" class="stack-tight">
        {type === undefined ? (
          <p>{t('credential_described_not')}</p>
        ) : (
          <>
            {type.name !== undefined && (
              <p>
                <bdi dir="auto">{displayText(type.name, 80)}</bdi>
              </p>
            )}
            {type.description !== undefined && (
              <p class="soft">
                <bdi dir="auto">{displayText(type.description, 300)}</bdi>
              </p>
            )}
            <p class="small soft">{t('credential_described_on', dateWords(type.lookedAt))}</p>
          </>
        )}
      </div>
      <Problem error={error} />
      <p class="small soft">{t('credential_described_tells', displayText(URL.parse(vct)?.host ?? vct, 100))}</p>
      <div>
        <Button busy={busy} onClick={look}>
          {t('look_again')}
        </Button>
      </div>
    </section>
  );
};

/** Whether the issuer took it back: asked when the person asks, and never by itself. */
const Revocation = ({ credential: { id, state, statusAskedAt } }: { credential: CredentialView }) => {
  const { busy, error, run } = useAction();
  const check = () =>
    run(async () => {
      await ask('credentials.checkStatus', { id });
    });
  const isOver = state === 'revoked' || state === 'consumed' || state === 'expired';
  return (
    <section class="stack">
      <h2>{t('credential_revocation')}</h2>
      <p role="status">{revocationWords(state, statusAskedAt)}</p>
      <Problem error={error} />
      {!isOver && (
        <>
          <p class="small soft">{t('credential_check_tells')}</p>
          <div>
            <Button busy={busy} onClick={check}>
              {t('credential_check')}
            </Button>
          </div>
        </>
      )}
    </section>
  );
};

function revocationWords(state: CredentialView['state'], askedAt: number | undefined): string {
  if (state === 'revoked') return t('credential_revoked');
  if (state === 'suspended') return t('credential_suspended');
  return askedAt === undefined ? t('credential_not_asked') : t('credential_not_revoked', dateWords(askedAt));
}

const Delete = ({ credential, onClose }: { credential: CredentialView; onClose: () => void }) => {
  const { busy, error, run } = useAction();
  const [tell, setTell] = useState(false);
  const { id, issuer, notifies } = credential;
  const remove = () =>
    run(async () => {
      await ask('credentials.delete', { id, ...(tell ? { tell } : {}) });
      goTo('#/credentials');
    });
  return (
    <Dialog title={t('credential_delete_title', displayText(credential.name, 60))} onClose={onClose}>
      <p>{tn('credential_delete_lost', credential.instancesLeft)}</p>
      <p class="soft">{t('credential_delete_kept')}</p>
      {notifies && (
        <Tick
          label={t('credential_delete_tell', URL.parse(issuer.origin)?.host ?? issuer.origin)}
          detail={t('credential_delete_tell_means')}
          checked={tell}
          onChange={setTell}
        />
      )}
      <Problem error={error} />
      <div class="actions">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button look="harm filled" busy={busy} onClick={remove}>
          {t('delete')}
        </Button>
      </div>
    </Dialog>
  );
};
