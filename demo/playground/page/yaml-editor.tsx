import { useRef, useState } from 'preact/hooks';
import { Icon } from '../../../components/icon.tsx';
import type { PolicyProblem } from '../../../lib/tool-policy/reading/index.ts';
import { describeProblem } from '../../../lib/tool-policy/reading/index.ts';
import { LONGEST } from './draft.ts';

interface YamlEditorProps {
  readonly value: string;
  readonly problems: readonly PolicyProblem[];
  readonly onInput: (value: string) => void;
}

/** A policy as it is written, its lines numbered; those with a problem are marked, and said below. */
export const YamlEditor = ({ value, problems, onInput }: YamlEditorProps) => {
  const area = useRef<HTMLTextAreaElement>(null);
  const [scrolled, setScrolled] = useState(0);
  const bad = new Set(problems.map(({ place }) => place.line));
  const show = (line: number) => {
    const { start, end } = spanOf(value, line);
    area.current?.setSelectionRange(start, end);
    area.current?.focus(); // after the selection, so that it is scrolled to
  };
  return (
    <div class="field">
      <label for="policy">The policy</label>
      <div class="editor" data-bad={problems.length > 0}>
        <div class="gutter" aria-hidden="true">
          <ol style={{ marginBlockStart: `${-scrolled}px` }}>
            {value.split('\n').map((_, at) => (
              <li key={at} class={bad.has(at + 1) ? 'bad' : ''}>
                {at + 1}
              </li>
            ))}
          </ol>
        </div>
        <textarea
          id="policy"
          ref={area}
          class="mono"
          wrap="off"
          dir="ltr"
          rows={30}
          maxLength={LONGEST}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
          onScroll={(event) => setScrolled(event.currentTarget.scrollTop)}
          aria-invalid={problems.length > 0}
          aria-describedby="policy-problems"
        />
      </div>
      <Problems problems={problems} onShow={show} />
    </div>
  );
};

const Problems = ({ problems, onShow }: { problems: readonly PolicyProblem[]; onShow: (line: number) => void }) => (
  <div id="policy-problems" role="status">
    {problems.length === 0 ? (
      <p class="hint sound">
        <Icon name="check" size={16} />
        <span>Every line is read. Eight locked rules stand before yours, as they do for the command.</span>
      </p>
    ) : (
      <ul class="problems">
        {problems.map((problem) => (
          <li key={describeProblem(problem)}>
            <Icon name="harm" size={16} />
            <span>
              {describeProblem(problem)}{' '}
              <button type="button" class="link" onClick={() => onShow(problem.place.line)}>
                Show line {problem.place.line}
              </button>
            </span>
          </li>
        ))}
      </ul>
    )}
  </div>
);

/** Where a line begins and ends. @param line from 1 */
function spanOf(text: string, line: number): { readonly start: number; readonly end: number } {
  const lines = text.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return { start, end: start + (lines[line - 1]?.length ?? 0) };
}
