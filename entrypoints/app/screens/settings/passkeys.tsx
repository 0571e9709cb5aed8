import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { TextField } from '../../../../components/fields.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { isAboutOpener, OpenerField, useOpener } from '../../../../components/opener.tsx';
import { dateWords } from '../../../../components/time-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import { displayText, toBase64url } from '../../../../lib/core/index.ts';
import type { PasskeyView, WalletStatus } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { createPasskey, t } from '../../../../lib/platform/index.ts';
import { Empty } from '../parts/empty.tsx';
import { SectionHead } from '../parts/section-head.tsx';

const MAX_NAME = 60;

/** Passkeys open the vault beside the password, never instead of it. */
export const Passkeys = ({ status }: { status: WalletStatus }) => {
  const asked = useAsked('passkeys.list', {}, ['status']);
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<PasskeyView | undefined>(undefined);
  const done = () => {
    setAdding(false);
    setRemoving(undefined);
    asked.again();
  };
  const passkeys = asked.state === 'ready' ? asked.value.passkeys : undefined;
  return (
    <div class="stack-wide narrow-form">
      <SectionHead title={t('settings_passkeys')} lead={t('passkeys_lead')} />
      {asked.state === 'loading' && <Loading />}
      {asked.state === 'failed' && <Problem error={asked.error} />}
      {passkeys?.length === 0 && !adding && (
        <Empty title={t('passkeys_empty')}>
          <p class="soft">{t('passkeys_empty_why')}</p>
          <Button look="primary" onClick={() => setAdding(true)}>
            {t('passkeys_add')}
          </Button>
        </Empty>
      )}
      {passkeys !== undefined && passkeys.length > 0 && (
        <>
          <ul class="attributes">
            {passkeys.map((passkey) => (
              <li key={passkey.id}>
                <span class="soft">
                  <Icon name="passkey" />
                </span>
                <div class="grow">
                  <p class="attribute-value">
                    <bdi dir="auto">{displayText(passkey.name, MAX_NAME)}</bdi>
                  </p>
                  <p class="small soft">{t('passkeys_added', dateWords(passkey.addedAt))}</p>
                </div>
                <button
                  type="button"
                  class="icon-button"
                  aria-label={t('passkeys_remove', passkey.name)}
                  title={t('passkeys_remove', passkey.name)}
                  onClick={() => setRemoving(passkey)}
                >
                  <Icon name="trash" />
                </button>
              </li>
            ))}
          </ul>
          {!adding && (
            <div>
              <Button onClick={() => setAdding(true)}>
                <Icon name="plus" size={16} />
                {t('passkeys_add')}
              </Button>
            </div>
          )}
        </>
      )}
      {passkeys !== undefined && adding && (
        <AddPasskey status={status} passkeys={passkeys} onDone={done} onCancel={() => setAdding(false)} />
      )}
      <Notice tone="info">{t('passkeys_password_stays')}</Notice>
      {removing !== undefined && <RemovePasskey passkey={removing} onDone={done} />}
    </div>
  );
};

/** First who is there, then the passkey: what is made for nothing stays on the device. */
const AddPasskey = ({
  status,
  passkeys,
  onDone,
  onCancel,
}: {
  status: WalletStatus;
  passkeys: readonly PasskeyView[];
  onDone: () => void;
  onCancel: () => void;
}) => {
  const [name, setName] = useState('');
  const [tried, setTried] = useState(false);
  const opener = useOpener(status);
  const { busy, error, run } = useAction();

  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() === '' || !opener.ready) return;
    run(async () => {
      await opener.use(async (by) => {
        await ask('wallet.unlock', by); // it is open: this only tells whether the opener is right
        const { salt, userId } = await ask('passkeys.prepare', {});
        const exclude = passkeys.map(({ id }) => id);
        const { id, prf } = await createPasskey({ salt, userId, label: t('passkeys_system_label'), exclude });
        using bytes = prf;
        await ask('passkeys.add', { opener: by, id, prf: toBase64url(bytes.expose()), name: name.trim() });
      });
      onDone();
    });
  };

  return (
    <form class="card stack" onSubmit={submit} autocomplete="off">
      <h2>{t('passkeys_add')}</h2>
      <TextField
        label={t('passkeys_name')}
        hint={t('passkeys_name_hint')}
        value={name}
        onInput={setName}
        maxLength={MAX_NAME}
        problem={tried && name.trim() === '' ? t('passkeys_name_missing') : undefined}
      />
      <OpenerField opener={opener} status={status} tried={tried} error={error} busy={busy} />
      <p class="small soft">{t('passkeys_add_next')}</p>
      <Problem error={isAboutOpener(error) ? undefined : error} />
      <div class="row-wrap">
        <Button type="submit" look="primary" busy={busy}>
          {t('passkeys_add_submit')}
        </Button>
        <Button look="quiet" disabled={busy} onClick={onCancel}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  );
};

const RemovePasskey = ({ passkey, onDone }: { passkey: PasskeyView; onDone: () => void }) => {
  const { busy, error, run } = useAction();
  const remove = () =>
    run(async () => {
      await ask('passkeys.remove', { id: passkey.id });
      onDone();
    });
  return (
    <Dialog title={t('passkeys_remove_title', displayText(passkey.name, MAX_NAME))} onClose={onDone}>
      <p>{t('passkeys_remove_means')}</p>
      <p class="soft">{t('passkeys_remove_remains')}</p>
      <Problem error={error} />
      <div class="actions">
        <Button onClick={onDone}>{t('cancel')}</Button>
        <Button look="harm filled" busy={busy} onClick={remove}>
          {t('passkeys_remove_button')}
        </Button>
      </div>
    </Dialog>
  );
};
