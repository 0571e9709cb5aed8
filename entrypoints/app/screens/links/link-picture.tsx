import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Icon } from '../../../../components/icon.tsx';
import { Loading } from '../../../../components/loading.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { SignetError } from '../../../../lib/core/index.ts';
import { t } from '../../../../lib/platform/index.ts';

const KINDS = 'image/png,image/jpeg,image/webp,image/gif';

/** Takes a picture with a QR code: chosen, dropped or pasted anywhere on the screen. It is read in this page. */
export const LinkPicture = ({ onChange, onText }: { onChange: () => void; onText: (text: string) => void }) => {
  const id = useId();
  const reading = useAction();
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  const read = (file: File) => {
    onChange();
    reading.run(async () => {
      // With the decoder, which only whoever has a picture needs.
      const { readPicture } = await import('../../../../components/qr/read-picture.ts');
      const picture = await readPicture(file);
      if (input.current !== null) input.current.value = ''; // the same file may be chosen once more
      if (picture.found !== 'one') throw new SignetError('bad_request', t(`link_picture_${picture.found}`));
      onText(picture.text);
    });
  };
  useGivenFiles(read, setOver);

  return (
    <div class={isOver ? 'drop-zone over' : 'drop-zone'}>
      <span class="soft">
        <Icon name="picture" size={28} />
      </span>
      <div class="field grow">
        <label for={id}>{t('link_picture')}</label>
        <p class="hint" id={`${id}-hint`}>
          {t('link_picture_how')}
        </p>
        <input
          id={id}
          ref={input}
          class="input file"
          type="file"
          accept={KINDS}
          onChange={({ currentTarget: { files } }) => {
            const [file] = files ?? [];
            if (file !== undefined) read(file);
          }}
          aria-describedby={`${id}-hint ${id}-problem`}
          aria-invalid={reading.error !== undefined}
        />
        {reading.busy && <Loading />}
        <Problem error={reading.error} id={`${id}-problem`} />
      </div>
    </div>
  );
};

/**
 * Takes what is pasted or dropped anywhere on the page: the browser would otherwise leave the page for a file that is
 * dropped beside the mark.
 */
function useGivenFiles(read: (file: File) => void, setOver: (over: boolean) => void): void {
  const latest = useRef(read);
  latest.current = read;
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const take = (event: Event, given: DataTransfer | null) => {
      const [file] = given?.files ?? [];
      if (file === undefined) return;
      event.preventDefault();
      latest.current(file);
    };
    const holdsFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') === true;
    document.addEventListener('paste', (event) => take(event, event.clipboardData), { signal });
    document.addEventListener(
      'dragover',
      (event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setOver(true);
      },
      { signal },
    );
    document.addEventListener(
      'dragleave',
      ({ relatedTarget }) => {
        if (relatedTarget === null) setOver(false);
      },
      { signal },
    );
    document.addEventListener(
      'drop',
      (event) => {
        setOver(false);
        take(event, event.dataTransfer);
      },
      { signal },
    );
    return () => listening.abort();
  }, [setOver]);
}
