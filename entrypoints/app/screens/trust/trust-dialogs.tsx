import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { displayText } from '../../../../lib/core/index.ts';
import type { OwnAnchorView, TrustListView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';

/** Ends trust in a certificate or a list, once the person read what that means. */
export const StopTrusting = ({ trusted, onClose }: { trusted: OwnAnchorView | TrustListView; onClose: () => void }) => {
  const { busy, error, run } = useAction();
  const isList = 'anchors' in trusted;
  const credentials = isList ? trusted.anchors.flatMap((anchor) => anchor.credentials) : trusted.credentials;
  const stop = () =>
    run(async () => {
      await ask(isList ? 'trust.removeList' : 'trust.remove', { id: trusted.id });
      onClose();
    });
  return (
    <Dialog title={t('trust_remove_title', displayText(trusted.name, 60))} onClose={onClose}>
      <p>{tn('trust_remove_lost', new Set(credentials.map(({ id }) => id)).size)}</p>
      <p class="soft">{t('trust_remove_kept')}</p>
      <Problem error={error} />
      <div class="actions">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button look="harm filled" busy={busy} onClick={stop}>
          {t('trust_remove')}
        </Button>
      </div>
    </Dialog>
  );
};
