import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { amountWords, shareOf } from '../../../../components/capability/amount-words.ts';
import { limitKey, limitWords } from '../../../../components/capability/limit-words.ts';
import { ShareBar } from '../../../../components/capability/share-bar.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { Origin } from '../../../../components/origin.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import type { LimitStandingView, LimitView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { Empty } from '../parts/empty.tsx';
import { LimitEdit } from './limit-edit.tsx';

/** A limit that is being written: a new one, or one in the place of another. */
interface Draft {
  readonly was?: LimitView;
}

/** How much may be given away in all, whatever the person says yes to in a hurry. */
export const Limits = () => {
  const asked = useAsked('limits.get', {}, ['capabilities']);
  const [draft, setDraft] = useState<Draft | undefined>(undefined);
  const [removing, setRemoving] = useState<LimitView | undefined>(undefined);
  if (asked.state === 'loading') return <Loading />;
  if (asked.state === 'failed') return <Problem error={asked.error} />;
  const { limits } = asked.value;
  const all = limits.map(({ limit }) => limit);
  /** Saves the list without `gone` and with `added`. */
  const save = async (gone: LimitView | undefined, added: readonly LimitView[]): Promise<void> => {
    await ask('limits.save', { limits: [...all.filter((limit) => limit !== gone), ...added] });
    asked.again();
  };
  const add = (
    <Button look={limits.length === 0 ? 'primary' : 'plain'} onClick={() => setDraft({})}>
      <Icon name="plus" size={16} />
      {t('limit_new')}
    </Button>
  );
  return (
    <>
      {limits.some(({ restored }) => restored) && <Restored onAgain={() => save(undefined, [])} />}
      {limits.length === 0 ? (
        <Empty title={t('limits_empty')}>
          <p class="soft">{t('limits_empty_why')}</p>
          {add}
        </Empty>
      ) : (
        <section class="stack">
          <p class="soft">{t('limits_what')}</p>
          <ul class="limits">
            {limits.map((standing) => (
              <li key={limitKey(standing.limit)}>
                <Row
                  standing={standing}
                  onEdit={() => setDraft({ was: standing.limit })}
                  onRemove={() => setRemoving(standing.limit)}
                />
              </li>
            ))}
          </ul>
          <div>{add}</div>
        </section>
      )}
      {draft !== undefined && (
        <LimitEdit
          was={draft.was}
          others={all.filter((limit) => limit !== draft.was)}
          onSave={(limit) => save(draft.was, [limit])}
          onClose={() => setDraft(undefined)}
        />
      )}
      {removing !== undefined && (
        <Remove limit={removing} onRemove={() => save(removing, [])} onClose={() => setRemoving(undefined)} />
      )}
    </>
  );
};

const Row = ({
  standing: { limit, spent, left, restored },
  onEdit,
  onRemove,
}: {
  standing: LimitStandingView;
  onEdit: () => void;
  onRemove: () => void;
}) => {
  const words = limitWords(limit);
  return (
    <article class="limit">
      <div class="grow stack-tight">
        <h2>{words}</h2>
        <p class="soft">{limit.audience === undefined ? t('limit_everywhere') : <Origin origin={limit.audience} />}</p>
        {limit.per !== 'token' && (
          <div class="spent">
            <ShareBar share={restored ? 1 : shareOf(spent, limit.amount)} />
            <p class={restored ? 'spent-words is-warn' : 'spent-words'}>
              {restored
                ? t('limit_restored_short')
                : t('limit_stands', amountWords(spent, limit.currency), amountWords(left, limit.currency))}
            </p>
          </div>
        )}
      </div>
      <div class="row">
        <button type="button" class="icon-button" aria-label={t('limit_change_this', words)} onClick={onEdit}>
          <Icon name="edit" />
        </button>
        <button type="button" class="icon-button" aria-label={t('limit_remove_this', words)} onClick={onRemove}>
          <Icon name="trash" />
        </button>
      </div>
    </article>
  );
};

/** After a backup was put back nobody knows what was given away since it was made: the limits count as full. */
const Restored = ({ onAgain }: { onAgain: () => Promise<void> }) => {
  const { busy, error, run } = useAction();
  return (
    <Notice tone="warn">
      <div class="banner">
        <p>
          <strong>{t('limit_restored_title')}</strong> {t('limit_restored')}
        </p>
        <Button busy={busy} onClick={() => run(onAgain)}>
          {t('limit_restored_again')}
        </Button>
      </div>
      <Problem error={error} />
    </Notice>
  );
};

const Remove = ({
  limit,
  onRemove,
  onClose,
}: {
  limit: LimitView;
  onRemove: () => Promise<void>;
  onClose: () => void;
}) => {
  const { busy, error, run } = useAction();
  return (
    <Dialog title={t('limit_remove_title', limitWords(limit))} onClose={onClose}>
      <p>{t('limit_remove_means')}</p>
      <Problem error={error} />
      <div class="actions">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button
          look="harm filled"
          busy={busy}
          onClick={() =>
            run(async () => {
              await onRemove();
              onClose();
            })
          }
        >
          {t('limit_remove')}
        </Button>
      </div>
    </Dialog>
  );
};
