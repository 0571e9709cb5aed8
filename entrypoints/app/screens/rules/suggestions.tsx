import '../sites/sites.css';
import { useRef, useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { countWords } from '../../../../components/count-words.ts';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { Origin } from '../../../../components/origin.tsx';
import { RuleSentence } from '../../../../components/policy/rule-sentence.tsx';
import { Rich } from '../../../../components/rich.tsx';
import { learnedPhrase } from '../../../../components/site-words.ts';
import { dateWords } from '../../../../components/time-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import { useAsked } from '../../../../components/use-asked.ts';
import type { SuggestionView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';

/** How many are shown before the person asks for the rest. */
const SHOWN = 2;

/** Answers that agree, each with the rule that would give them from now on: the person's click alone makes it one. */
export const Suggestions = () => {
  const patterns = useAsked('patterns.list', {}, ['policy', 'audit']);
  const policy = useAsked('policy.get', {}, ['policy', 'audit']);
  const [said, setSaid] = useState('');
  const [all, setAll] = useState(false);
  const status = useRef<HTMLParagraphElement>(null);
  const say = (text: string) => {
    setSaid(text);
    status.current?.focus();
  };
  const setAside = policy.state === 'ready' ? policy.value.setAside : 0;
  const suggestions = patterns.state === 'ready' ? patterns.value.suggestions : [];
  return (
    <div class="suggestions">
      {setAside > 0 && (
        <Notice tone="harm">
          <strong>{tn('suggest_set_aside', setAside)}</strong> {t('suggest_set_aside_what')}
        </Notice>
      )}
      <Problem error={patterns.state === 'failed' ? patterns.error : undefined} />
      {suggestions.slice(0, all ? Infinity : SHOWN).map((suggestion) => (
        <Suggestion
          key={suggestion.id}
          suggestion={suggestion}
          names={new Map([[suggestion.claim, suggestion.label]])}
          onDone={say}
        />
      ))}
      {!all && suggestions.length > SHOWN && (
        <p>
          <Button look="quiet" onClick={() => setAll(true)}>
            {tn('suggest_more', suggestions.length - SHOWN)}
          </Button>
        </p>
      )}
      <p role="status" tabIndex={-1} ref={status} class="soft">
        {said}
      </p>
    </div>
  );
};

const Suggestion = ({
  suggestion,
  names,
  onDone,
}: {
  suggestion: SuggestionView;
  names: ReadonlyMap<string, string>;
  onDone: (said: string) => void;
}) => {
  const { busy, error, run } = useAction();
  const { id, subject, allowed, denied, since, rule } = suggestion;
  const agreed = rule.effect === 'deny' ? denied : allowed;
  const make = () =>
    run(async () => {
      await ask('policy.saveRule', { rule });
      onDone(t('suggest_made'));
    });
  const dismiss = () =>
    run(async () => {
      await ask('patterns.dismiss', { id });
      onDone(t('suggest_dismissed'));
    });
  return (
    <section class="suggestion">
      <div class="grow stack-tight">
        <h2>
          <Rich
            message={rule.effect === 'deny' ? 'suggest_denied' : 'suggest_allowed'}
            parts={[
              <Origin origin={subject} />,
              learnedPhrase([suggestion]),
              countWords(agreed),
              countWords(allowed + denied),
              dateWords(since),
            ]}
          />
        </h2>
        <p class="soft">
          {t('suggest_rule')} <RuleSentence rule={rule} names={names} />
        </p>
        <Problem error={error} />
      </div>
      <div class="row-wrap">
        <Button busy={busy} onClick={make}>
          {t('suggest_make')}
        </Button>
        <Button look="quiet" busy={busy} onClick={dismiss}>
          {t('suggest_not_now')}
        </Button>
      </div>
    </section>
  );
};
