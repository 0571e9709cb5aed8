import { useState } from 'preact/hooks';
import { attributeWords } from '../../../../components/attribute-words.ts';
import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import type { AttributeView, WalletStatus } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';
import { goTo } from '../../route.ts';
import { AttributeForm } from './attribute-form.tsx';
import { Empty } from '../parts/empty.tsx';
import { DamagedRecord } from '../credentials/damaged-record.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { matches, SearchField } from '../parts/search-field.tsx';

const SEARCH_FROM = 10;

/** What the person stored themselves. `rest` is empty, `new`, or the id of the one being edited. */
export const Data = ({ rest, status }: { rest: string; status: WalletStatus }) => {
  const asked = useAsked('attributes.list', {}, ['attributes']);
  const [deleting, setDeleting] = useState<AttributeView | undefined>(undefined);
  const [query, setQuery] = useState('');
  if (asked.state === 'loading') return <Loading />;
  if (asked.state === 'failed') {
    return (
      <div class="stack-wide">
        <PageHead title={t('nav_data')} lead={t('data_lead')} />
        {asked.error.reason === 'vault_damaged' ? (
          <DamagedRecord problem={asked.error.message} text={t('record_damaged_list')} />
        ) : (
          <Problem error={asked.error} />
        )}
      </div>
    );
  }
  const { attributes, unreadable = 0 } = asked.value;
  const editing = attributes.find(({ id }) => id === rest);
  const close = () => {
    goTo('#/data');
    asked.again();
  };
  if (rest === 'new' || editing !== undefined) {
    return (
      <AttributeForm key={rest} attribute={editing} status={status} onSaved={close} onCancel={() => goTo('#/data')} />
    );
  }
  const changeable = status.readOnly === undefined;
  const shown = attributes.filter(({ label, value }) => matches(query, label, value ?? ''));
  return (
    <div class="stack-wide">
      <PageHead title={t('nav_data')} lead={t('data_lead')}>
        {attributes.length > 0 && changeable && (
          <a class="button primary" href="#/data/new">
            <Icon name="plus" size={16} />
            {t('data_add')}
          </a>
        )}
      </PageHead>
      {unreadable > 0 && <DamagedRecord problem={tn('record_damaged', unreadable)} text={t('record_damaged_rest')} />}
      {attributes.length === 0 && unreadable === 0 ? (
        <Empty title={t('data_empty')}>
          <p class="soft">{t('data_empty_why')}</p>
          <p class="soft">{t('data_unproven')}</p>
          {changeable && (
            <a class="button primary" href="#/data/new">
              <Icon name="plus" size={16} />
              {t('data_add_first')}
            </a>
          )}
        </Empty>
      ) : (
        <Notice tone="info">{t('data_unproven')}</Notice>
      )}
      {attributes.length >= SEARCH_FROM && <SearchField label={t('data_search')} value={query} onInput={setQuery} />}
      {attributes.length > 0 && shown.length === 0 && <p class="soft">{t('search_none')}</p>}
      <ul class="attributes">
        {shown.map((attribute) => (
          <li key={attribute.id}>
            <div class="grow">
              <p class="small soft">
                <bdi dir="auto">{attribute.label}</bdi> · <Keeping attribute={attribute} />
              </p>
              {attribute.value === undefined ? (
                <LockedAway id={attribute.id} label={attribute.label} />
              ) : (
                <p class="attribute-value">
                  <bdi dir="auto">{attributeWords(attribute.type, attribute.value)}</bdi>
                </p>
              )}
            </div>
            {changeable && (
              <>
                <a
                  class="icon-button"
                  href={`#/data/${attribute.id}`}
                  aria-label={t('data_edit', attribute.label)}
                  title={t('data_edit', attribute.label)}
                >
                  <Icon name="edit" />
                </a>
                <button
                  type="button"
                  class="icon-button"
                  aria-label={t('data_delete', attribute.label)}
                  title={t('data_delete', attribute.label)}
                  onClick={() => setDeleting(attribute)}
                >
                  <Icon name="trash" />
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
      {deleting !== undefined && (
        <Delete
          attribute={deleting}
          onClose={() => {
            setDeleting(undefined);
            asked.again();
          }}
        />
      )}
    </div>
  );
};

/** How it is kept, in two words. */
const Keeping = ({ attribute: { tier, compartment } }: { attribute: AttributeView }) =>
  tier === 3 && compartment !== undefined ? (
    <>{t('tier_3_short', t(`compartment_${compartment}`))}</>
  ) : (
    <>{t(tier === 2 ? 'tier_2_short' : 'tier_1_short')}</>
  );

/** A value that no open session can read: it is shown in the consent window, which asks who is there. */
const LockedAway = ({ id, label }: { id: string; label: string }) => {
  const { busy, error, run } = useAction();
  const show = () =>
    run(async () => {
      await ask('attributes.open', { id });
    });
  return (
    <>
      <p class="row-wrap">
        <span class="row soft">
          <Icon name="lock" size={16} />
          {t('data_locked_away')}
        </span>
        <button type="button" class="link" aria-label={t('data_show', label)} aria-disabled={busy} onClick={show}>
          {t('data_show_button')}
        </button>
      </p>
      <Problem error={error} />
    </>
  );
};

const Delete = ({ attribute, onClose }: { attribute: AttributeView; onClose: () => void }) => {
  const { busy, error, run } = useAction();
  const remove = () =>
    run(async () => {
      await ask('attributes.delete', { id: attribute.id });
      onClose();
    });
  return (
    <Dialog title={t('data_delete_title', attribute.label)} onClose={onClose}>
      <p>{t('data_delete_lost')}</p>
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
