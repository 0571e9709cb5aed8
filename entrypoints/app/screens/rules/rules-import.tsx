import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { FileField } from '../../../../components/fields.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { DiffView } from '../../../../components/policy/diff-view.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { SignetError } from '../../../../lib/core/index.ts';
import type { OwnResponse } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import type { Policy } from './policy.ts';

/** What the worker takes as one text. */
const MAX_BYTES = 2_000_000;

/** Reads a file of rules, shows what it would change and who signed it, and changes it on a yes. */
export const RulesImport = ({
  policy,
  onClose,
  onDone,
}: {
  policy: Policy;
  onClose: () => void;
  onDone: () => void;
}) => {
  const { busy, error, run } = useAction();
  const [found, setFound] = useState<
    { readonly text: string; readonly says: OwnResponse<'policy.import'> } | undefined
  >(undefined);
  const look = (file: File | undefined) => {
    setFound(undefined);
    if (file === undefined) return;
    run(async () => {
      if (file.size > MAX_BYTES) throw new SignetError('bad_request', t('rules_import_large'));
      const text = await file.text();
      setFound({ text, says: await ask('policy.import', { text }) });
    });
  };
  const apply = () =>
    run(async () => {
      if (found === undefined) return;
      await ask('policy.import', { text: found.text, digest: found.says.digest });
      onClose();
      onDone();
    });
  return (
    <Dialog title={t('rules_import')} onClose={onClose}>
      <p class="soft">{t('rules_import_what')}</p>
      <FileField label={t('rules_import_file')} accept=".json,application/json" onChange={look} />
      <Problem error={error} />
      {error?.field !== undefined && <p class="small mono">{error.field}</p>}
      <div role="status" class="stack">
        {found !== undefined && (
          <>
            <SignedBy by={found.says.signedBy} />
            <DiffView diff={found.says.diff} names={policy.names} />
            <p class="soft small">{t('rules_bring_locked')}</p>
          </>
        )}
      </div>
      <div class="actions">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button look="primary" busy={busy} disabled={found === undefined} onClick={apply}>
          {t('rules_import_apply')}
        </Button>
      </div>
    </Dialog>
  );
};

const TONES = { this_vault: 'safe', another: 'info', nobody: 'warn' } as const;

const SignedBy = ({ by }: { by: keyof typeof TONES }) => <Notice tone={TONES[by]}>{t(`rules_signed_${by}`)}</Notice>;
