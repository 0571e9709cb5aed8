import { Problem } from '../../../components/notice.tsx';
import type { Draft } from './draft.ts';
import { LONGEST } from './draft.ts';
import type { Judged } from './judge.ts';

const FORMS = [
  { as: 'command', label: 'Command', of: 'What the shell is given' },
  { as: 'path', label: 'File', of: 'The file it is about' },
  { as: 'json', label: 'JSON', of: 'All of the input, as JSON' },
] as const;

interface CallFieldsProps {
  readonly draft: Draft;
  readonly judged: Judged;
  readonly onChange: (draft: Draft) => void;
}

/** The call that an agent would make: a tool, and what it is given. */
export const CallFields = ({ draft, judged, onChange }: CallFieldsProps) => {
  const { call } = draft;
  const change = (changes: Partial<Draft['call']>) => onChange({ ...draft, call: { ...call, ...changes } });
  const form = FORMS.find(({ as }) => as === call.as) ?? FORMS[0];
  return (
    <div class="stack">
      <div class="tool-line">
        <div class="field">
          <label for="tool">Tool</label>
          <input
            id="tool"
            class="input mono"
            value={call.tool}
            maxLength={200}
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => change({ tool: event.currentTarget.value })}
          />
        </div>
        <fieldset class="field forms">
          <legend>Its input is</legend>
          <div class="ways">
            {FORMS.map(({ as, label }) => (
              <label key={as}>
                <input type="radio" name="as" checked={as === call.as} onChange={() => change({ as })} />
                <span>{label}</span>
              </label>
            ))}
          </div>
        </fieldset>
      </div>
      <div class="field">
        <label for="input">{form.of}</label>
        <textarea
          id="input"
          class="input mono call-text"
          rows={call.as === 'json' ? 4 : 2}
          dir="ltr"
          maxLength={LONGEST}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={call.text}
          onInput={(event) => change({ text: event.currentTarget.value })}
          aria-invalid={judged.callProblem !== undefined}
          aria-describedby="input-problem"
        />
        <Problem error={judged.callProblem} id="input-problem" />
      </div>
      <details class="past">
        <summary>What happened before</summary>
        <div class="stack">
          <div class="field">
            <label for="before">Allowed before, one a line</label>
            <textarea
              id="before"
              class="input mono call-text"
              rows={2}
              maxLength={LONGEST}
              spellcheck={false}
              value={draft.before}
              onInput={(event) => onChange({ ...draft, before: event.currentTarget.value })}
              aria-describedby="before-hint"
            />
            <p class="hint" id="before-hint">
              Gates look here, and so does has_recent_action. Try: npm test
            </p>
          </div>
          <div class="field">
            <label for="spent">Spent before</label>
            <input
              id="spent"
              class="input mono short"
              inputMode="decimal"
              maxLength={40}
              autocomplete="off"
              value={draft.spent}
              onInput={(event) => onChange({ ...draft, spent: event.currentTarget.value })}
              aria-invalid={judged.spentProblem !== undefined}
              aria-describedby="spent-problem"
            />
            <Problem error={judged.spentProblem} id="spent-problem" />
          </div>
        </div>
      </details>
    </div>
  );
};
