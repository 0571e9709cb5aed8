import { useState } from 'preact/hooks';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Loading } from '../../../components/loading.tsx';
import { Notice, Problem } from '../../../components/notice.tsx';
import { dateWords } from '../../../components/time-words.ts';
import { useAction } from '../../../components/use-action.ts';
import { useAsked } from '../../../components/use-asked.ts';
import type { AttributeView } from '../../../lib/messaging/index.ts';
import { ask } from '../../../lib/messaging/index.ts';
import { t, uiLanguage } from '../../../lib/platform/index.ts';
import { goTo } from '../route.ts';
import { AttributeForm } from './attribute-form.tsx';
import { Empty } from './empty.tsx';
import { PageHead } from './page-head.tsx';
import { matches, SearchField } from './search-field.tsx';

const SEARCH_FROM = 10;

/** What the person stored themselves. `rest` is empty, `new`, or the id of the one being edited. */
export const Data = ({ rest }: { rest: string }) => {
  const asked = useAsked('attributes.list', {}, ['attributes']);
  const [deleting, setDeleting] = useState<AttributeView | undefined>(undefined);
  const [query, setQuery] = useState('');
  if (asked.state === 'loading') return <Loading />;
  if (asked.state === 'failed') return <Problem error={asked.error} />;
  const { attributes } = asked.value;
  const editing = attributes.find(({ id }) => id === rest);
  const close = () => {
    goTo('#/data');
    asked.again();
  };
  if (rest === 'new' || editing !== undefined) {
    return <AttributeForm key={rest} attribute={editing} onSaved={close} onCancel={() => goTo('#/data')} />;
  }
  const shown = attributes.filter(({ label, value }) => matches(query, label, value));
  return (
    <div class="stack-wide">
      <PageHead title={t('nav_data')} lead={t('data_lead')}>
        {attributes.length > 0 && (
          <a class="button primary" href="#/data/new">
            <Icon name="plus" size={16} />
            {t('data_add')}
          </a>
        )}
      </PageHead>
      {attributes.length === 0 ? (
        <Empty title={t('data_empty')}>
          <p class="soft">{t('data_empty_why')}</p>
          <p class="soft">{t('data_unproven')}</p>
          <a class="button primary" href="#/data/new">
            <Icon name="plus" size={16} />
            {t('data_add_first')}
          </a>
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
                <bdi dir="auto">{attribute.label}</bdi> · {t(`tier_${attribute.tier}_short`)}
              </p>
              <p class="attribute-value">
                <bdi dir="auto">{valueWords(attribute)}</bdi>
              </p>
            </div>
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

/** A value as people write it. */
function valueWords({ type, value }: AttributeView): string {
  switch (type) {
    case 'yes_no':
      return value === 'true' ? t('yes') : t('no');
    case 'date':
      return Number.isNaN(Date.parse(`${value}T00:00`)) ? value : dateWords(Date.parse(`${value}T00:00`));
    case 'number':
      return Number.isSafeInteger(Number(value)) ? new Intl.NumberFormat(uiLanguage()).format(Number(value)) : value;
    case 'text':
      return value;
  }
}

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
