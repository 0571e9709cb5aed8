import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { Tick } from '../../../../components/fields.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { RuleSentence } from '../../../../components/policy/rule-sentence.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import type { Rule } from '../../../../lib/policy/engine/index.ts';
import { goTo } from '../../route.ts';
import type { Policy } from './policy.ts';

/** Locks a rule, or unlocks it, once the person read what that means. */
export const RuleLock = ({ rule, onClose }: { rule: Rule; onClose: () => void }) => {
  const { busy, error, run } = useAction();
  const turn = () =>
    run(async () => {
      await ask('policy.saveRule', {
        rule: { ...rule, locked: !rule.locked },
        ...(rule.locked ? { unlock: true } : {}),
      });
      onClose();
    });
  const way = rule.locked ? 'unlock' : 'lock';
  return (
    <Dialog title={t(`rules_${way}_title`)} onClose={onClose}>
      <p>{t(`rules_${way}_means`)}</p>
      <Problem error={error} />
      <div class="actions">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button look="primary" busy={busy} onClick={turn}>
          {t(`rules_${way}`)}
        </Button>
      </div>
    </Dialog>
  );
};

/** Deletes a rule, once the person read what changes. A locked one needs a word more. */
export const RuleDelete = ({ policy, rule, onClose }: { policy: Policy; rule: Rule; onClose: () => void }) => {
  const { busy, error, run } = useAction();
  const [unlock, setUnlock] = useState(false);
  const remove = () =>
    run(async () => {
      await ask('policy.deleteRule', { id: rule.id, ...(rule.locked ? { unlock: true } : {}) });
      goTo('#/rules');
    });
  return (
    <Dialog title={t('rules_delete_title')} onClose={onClose}>
      <p class="quoted">
        <RuleSentence rule={rule} names={policy.names} />
      </p>
      <p>{t(`rules_delete_${rule.effect}`)}</p>
      <p class="soft">{t('rules_delete_kept')}</p>
      {rule.locked && (
        <Tick label={t('rules_delete_locked')} detail={t('rules_unlock_means')} checked={unlock} onChange={setUnlock} />
      )}
      <Problem error={error} />
      <div class="actions">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button look="harm filled" busy={busy} disabled={rule.locked && !unlock} onClick={remove}>
          {t('rules_delete')}
        </Button>
      </div>
    </Dialog>
  );
};
