import { useId, useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Problem } from '../../../../components/notice.tsx';
import type { SignetError } from '../../../../lib/core/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { LinkPicture } from './link-picture.tsx';

/** Characters: a request that stands whole in its link can be long. */
const MAX_LINK = 100_000;

/** Takes a link: typed, pasted, or from a picture of its QR code. */
export const LinkForm = ({
  busy,
  error,
  onLink,
  onChange,
}: {
  busy: boolean;
  error: SignetError | undefined;
  onLink: (link: string) => void;
  /** The link is not the one that `error` is about any more. */
  onChange: () => void;
}) => {
  const id = useId();
  const [link, setLink] = useState('');
  const [isMissing, setMissing] = useState(false);
  const problem = isMissing ? t('link_missing') : error?.message;
  const give = (text: string) => {
    setLink(text);
    setMissing(text.trim() === '');
    if (text.trim() !== '') onLink(text.trim());
  };
  return (
    <form
      class="open-link"
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        give(link);
      }}
    >
      <div class="field">
        <label for={id}>{t('link_field')}</label>
        <textarea
          id={id}
          class="input mono"
          rows={4}
          maxLength={MAX_LINK}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          translate={false}
          dir="ltr"
          value={link}
          onInput={({ currentTarget, inputType }) => {
            onChange();
            setMissing(false);
            if (inputType === 'insertFromPaste') give(currentTarget.value);
            else setLink(currentTarget.value);
          }}
          aria-describedby={`${id}-hint ${id}-problem`}
          aria-invalid={problem !== undefined}
        />
        <p class="hint" id={`${id}-hint`}>
          {t('link_field_hint')}
        </p>
        <Problem error={problem} id={`${id}-problem`} />
      </div>
      <div>
        <Button type="submit" look="primary" busy={busy}>
          {t('link_look')}
        </Button>
      </div>
      <LinkPicture onChange={onChange} onText={give} />
    </form>
  );
};
