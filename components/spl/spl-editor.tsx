import '../policy/policy.css';
import './spl.css';
import { useId, useMemo, useRef, useState } from 'preact/hooks';
import { Button } from '../button.tsx';
import { countWords } from '../count-words.ts';
import { Notice } from '../notice.tsx';
import { t } from '../../lib/platform/index.ts';
import type { Place } from '../../lib/spl/index.ts';
import { MAX_COST } from '../../lib/spl/index.ts';
import { CodeField } from './code-field.tsx';
import { EXAMPLES } from './examples.ts';
import type { Draft } from './judge.ts';
import { judge } from './judge.ts';
import { OutcomeView } from './outcome-view.tsx';
import { SourceLineView } from './source-line-view.tsx';
import { unseenPlace } from './source-line.ts';

/** A policy of the Safe Policy Language, a made-up request, and what comes of them with each change. */
export const SplEditor = () => {
  const [draft, setDraft] = useState<Draft>(EXAMPLES[0].draft);
  const judged = useMemo(() => judge(draft), [draft]);
  const answerId = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const change = (changes: Partial<Draft>) => setDraft({ ...draft, ...changes });
  const show = ({ start, end }: Place) => {
    area.current?.setSelectionRange(start, end);
    area.current?.focus(); // after the selection, so that it is scrolled to
  };
  return (
    <div class="spl">
      <ExampleChips draft={draft} onChoose={setDraft} />
      <div class="stack-tight">
        <CodeField
          label={t('spl_policy')}
          value={draft.policy}
          onInput={(policy) => change({ policy })}
          rows={{ least: 6, most: 20 }}
          toldAt={judged.outcome.kind === 'unread' ? answerId : undefined}
          areaRef={area}
        >
          <TidyButton policy={draft.policy} tidy={judged.tidy} onChange={(policy) => change({ policy })} />
        </CodeField>
        {judged.cost !== undefined && (
          <p class="hint">{t('spl_cost', countWords(judged.cost), countWords(MAX_COST))}</p>
        )}
      </div>
      <UnseenNotice policy={draft.policy} onShow={show} />
      <div class="playground">
        <div class="playground-inside">
          <div class="question stack">
            <CodeField
              label={t('spl_request')}
              value={draft.request}
              onInput={(request) => change({ request })}
              rows={{ least: 4, most: 14 }}
              hint={t('spl_request_hint')}
              problem={judged.requestError?.message}
            />
            <CodeField
              label={t('spl_known')}
              value={draft.known}
              onInput={(known) => change({ known })}
              rows={{ least: 4, most: 14 }}
              hint={t('spl_known_hint')}
              problem={judged.knownError?.message}
            />
          </div>
          <section class="answer" id={answerId} aria-label={t('spl_answer')}>
            <OutcomeView outcome={judged.outcome} source={draft.policy} onShow={show} />
          </section>
        </div>
      </div>
    </div>
  );
};

const ExampleChips = ({ draft, onChoose }: { draft: Draft; onChoose: (draft: Draft) => void }) => (
  <div class="chips" role="group" aria-label={t('spl_examples')}>
    {EXAMPLES.map((example) => (
      <button
        key={example.id}
        type="button"
        class="chip"
        aria-pressed={example.draft.policy === draft.policy}
        onClick={() => onChoose(example.draft)}
      >
        {t(`spl_example_${example.id}`)}
      </button>
    ))}
  </div>
);

/** Tidies, and takes that back for as long as nothing else was changed. */
const TidyButton = ({
  policy,
  tidy,
  onChange,
}: {
  policy: string;
  tidy: string | undefined;
  onChange: (policy: string) => void;
}) => {
  const [tidied, setTidied] = useState<{ readonly from: string; readonly to: string }>();
  if (tidied?.to === policy) return <Button onClick={() => onChange(tidied.from)}>{t('spl_untidy')}</Button>;
  return (
    <Button
      disabled={tidy === undefined || tidy === policy}
      onClick={() => {
        if (tidy === undefined) return;
        setTidied({ from: policy, to: tidy });
        onChange(tidy);
      }}
    >
      {t('spl_tidy')}
    </Button>
  );
};

/** A source can look like another one than it is: said before anybody believes what they see. */
const UnseenNotice = ({ policy, onShow }: { policy: string; onShow: (place: Place) => void }) => {
  const place = useMemo(() => unseenPlace(policy), [policy]);
  if (place === undefined) return null;
  return (
    <Notice tone="warn">
      <div class="unseen-found">
        <p>{t('spl_hidden', countWords(place.line), countWords(place.column))}</p>
        <SourceLineView source={policy} place={place} />
        <button type="button" class="link" onClick={() => onShow(place)}>
          {t('spl_show')}
        </button>
      </div>
    </Notice>
  );
};
