import type { ComponentChildren, RefObject } from 'preact';
import { useId } from 'preact/hooks';
import { Problem } from '../notice.tsx';

interface CodeFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly rows: { readonly least: number; readonly most: number };
  readonly hint?: string;
  readonly problem?: string | undefined;
  /** The id of where it is told what is wrong with it, where that is not here. */
  readonly toldAt?: string | undefined;
  readonly areaRef?: RefObject<HTMLTextAreaElement | null>;
  /** What stands beside the label. */
  readonly children?: ComponentChildren;
}

/** Something written in a formal language: as long as it is, from the left to the right. */
export const CodeField = ({ label, value, onInput, rows, hint, problem, ...props }: CodeFieldProps) => {
  const id = useId();
  const toldAt = problem === undefined ? props.toldAt : `${id}-problem`;
  const described = [hint === undefined ? '' : `${id}-hint`, toldAt ?? ''];
  return (
    <div class="field">
      <div class="code-head">
        <label for={id}>{label}</label>
        {props.children}
      </div>
      <textarea
        id={id}
        {...(props.areaRef === undefined ? {} : { ref: props.areaRef })}
        class="input mono json"
        rows={Math.min(rows.most, Math.max(rows.least, linesIn(value, rows.most)))}
        dir="ltr"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
        aria-invalid={toldAt !== undefined}
        aria-describedby={described.join(' ').trim() || undefined}
      />
      <Problem error={problem} id={`${id}-problem`} />
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
};

/** How many lines a text has, as far as it is of interest. */
const linesIn = (text: string, most: number): number => text.split('\n', most).length;
