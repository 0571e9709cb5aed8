import { useEffect, useId, useState } from 'preact/hooks';
import { t, tn, uiLanguage } from '../lib/platform/index.ts';
import { Problem } from './notice.tsx';
import type { CheckPhrase, PhraseCheck } from './phrase-words.ts';
import { loadPhraseCheck, PHRASE_LENGTH, splitPhrase } from './phrase-words.ts';

/**
 * Takes the words, typed or pasted. Session restore keeps form controls that allow autocompletion, so this one does
 * not; it is emptied when the page goes away, so that the back-forward cache holds no phrase either; and the spelling
 * checker, which may ask a server, stays out.
 */
export const PhraseInput = ({ onCheck, tried }: { onCheck: (check: PhraseCheck) => void; tried: boolean }) => {
  const id = useId();
  const [text, setText] = useState('');
  const [check, setCheck] = useState<CheckPhrase | undefined>(undefined);

  useEffect(() => {
    let live = true;
    void loadPhraseCheck().then((loaded) => live && setCheck(() => loaded));
    const forget = () => setText('');
    window.addEventListener('pagehide', forget);
    return () => {
      live = false;
      window.removeEventListener('pagehide', forget);
    };
  }, []);

  const result: PhraseCheck = check === undefined ? { state: 'empty' } : check(text);
  useEffect(() => onCheck(result), [text, check]);

  const count = splitPhrase(text).length;
  return (
    <div class="field">
      <label for={id}>{t('phrase_label')}</label>
      <textarea
        id={id}
        class="input mono"
        rows={5}
        maxLength={1000}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        translate={false}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        aria-describedby={`${id}-hint ${id}-problem`}
        aria-invalid={tried && result.state !== 'right'}
      />
      <p class="hint" id={`${id}-hint`}>
        {t('phrase_count', String(count), String(PHRASE_LENGTH))}
      </p>
      <Problem
        error={check === undefined ? undefined : phraseProblem(result, tried || count >= PHRASE_LENGTH)}
        id={`${id}-problem`}
      />
    </div>
  );
};

function phraseProblem(check: PhraseCheck, finished: boolean): string | undefined {
  if (!finished) return undefined;
  switch (check.state) {
    case 'right':
      return undefined;
    case 'empty':
      return t('phrase_empty');
    case 'count':
      return tn('phrase_wrong_count', check.count, String(PHRASE_LENGTH));
    case 'checksum':
      return t('phrase_checksum');
    case 'unknown': {
      const listed = check.words.map(({ position, word }) => t('phrase_unknown_word', String(position), word));
      return t('phrase_unknown', new Intl.ListFormat(uiLanguage(), { type: 'conjunction' }).format(listed));
    }
  }
}
