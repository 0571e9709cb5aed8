import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { Progress } from '../../../../components/progress.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { saveBlob } from '../../save-file.ts';

/** The whole log with its checkpoint as one JSONL file, fetched piece by piece. Closing stops it. */
export const ActivityExport = ({ onClose, onExported }: { onClose: () => void; onExported: () => void }) => {
  const { busy, error, run } = useAction();
  const [done, setDone] = useState<number | undefined>(undefined);
  const [saved, setSaved] = useState(false);
  const wanted = useRef(true);
  useEffect(() => () => void (wanted.current = false), []);

  const save = () =>
    run(async () => {
      setDone(0);
      try {
        const file = await wholeLog(setDone, () => wanted.current);
        if (file === undefined) return;
        saveBlob(`signet-log-${new Date().toISOString().slice(0, 10)}.jsonl`, file);
        setSaved(true);
        onExported();
      } finally {
        setDone(undefined);
      }
    });

  return (
    <Dialog title={t('activity_export_title')} onClose={onClose}>
      <p>{t('activity_export_what')}</p>
      <Notice tone="warn">{t('activity_export_open')}</Notice>
      {done !== undefined && <Progress label={t('activity_exporting')} done={done} />}
      <div role="status">{saved && <Notice tone="safe">{t('activity_exported')}</Notice>}</div>
      <Problem error={error} />
      <div class="actions">
        <Button onClick={onClose}>{saved ? t('close') : t('cancel')}</Button>
        {!saved && (
          <Button look="primary" busy={busy} onClick={save}>
            {t('activity_export_save')}
          </Button>
        )}
      </div>
    </Dialog>
  );
};

/** All stretches of the log, kept as blobs: the browser may move them out of memory. Undefined when nobody waits. */
async function wholeLog(onDone: (part: number) => void, goOn: () => boolean): Promise<Blob | undefined> {
  const { entries } = await ask('audit.list', { limit: 1 });
  const end = (entries[0]?.seq ?? 0) + 1;
  const pieces: Blob[] = [];
  let from: number | undefined = 0;
  while (from !== undefined) {
    if (!goOn()) return undefined;
    const { text, next }: { text: string; next?: number } = await ask('audit.export', { from });
    pieces.push(new Blob([text]));
    onDone(next === undefined ? 1 : Math.min(1, next / end));
    from = next;
  }
  return new Blob(pieces, { type: 'application/jsonl' });
}
