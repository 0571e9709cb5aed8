import { useState } from 'preact/hooks';
import { Icon } from '../../../components/icon.tsx';
import type { Draft } from './draft.ts';
import { linkTo } from './shared-link.ts';

/** Puts all fields into the page's own address, and copies that. */
export const ShareLink = ({ draft }: { draft: Draft }) => {
  const [said, setSaid] = useState<{ readonly of: Draft; readonly words: string }>();
  const share = async () => {
    history.replaceState(null, '', linkTo(draft));
    const copied = await navigator.clipboard.writeText(location.href).then(
      () => true,
      () => false, // not allowed here: the address bar has it all the same
    );
    setSaid({ of: draft, words: copied ? 'The link is copied.' : 'The link stands in the address bar.' });
  };
  return (
    <>
      <button type="button" class="button" onClick={() => void share()}>
        <Icon name="copy" size={16} />
        Share this
      </button>
      <span class="soft small" role="status">
        {said?.of === draft ? said.words : ''}
      </span>
    </>
  );
};
