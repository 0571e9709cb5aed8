import { useState } from 'preact/hooks';
import { t } from '../lib/platform/index.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

/**
 * The words of the phrase, shown after a click. They are plain text in the page and in no form control: the browser
 * keeps the values of form controls for session restore, and never what was only painted.
 */
export const PhraseGrid = ({ words, onShown }: { words: readonly string[]; onShown: () => void }) => {
  const [shown, setShown] = useState(false);
  const show = () => {
    setShown(true);
    onShown();
  };
  return (
    <div class="phrase">
      <ol class={shown ? 'phrase-grid' : 'phrase-grid covered'} aria-hidden={!shown}>
        {words.map((word, index) => (
          <li key={index}>
            <span class="phrase-number">{index + 1}</span>
            <span class="mono" translate={false} lang="en">
              {shown ? word : '••••••'}
            </span>
          </li>
        ))}
      </ol>
      {!shown && (
        <div class="phrase-cover">
          <Button look="primary" onClick={show}>
            <Icon name="eye" />
            {t('phrase_show')}
          </Button>
          <p class="small soft">{t('phrase_show_hint')}</p>
        </div>
      )}
    </div>
  );
};
