import type { ComponentChildren, RefObject } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t } from '../lib/platform/index.ts';
import { Icon } from './icon.tsx';
import { Problem } from './notice.tsx';

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: ComponentChildren;
  readonly problem?: string | undefined;
  readonly type?: 'text' | 'number' | 'date' | 'search';
  readonly inputMode?: 'numeric' | 'text' | 'decimal';
  readonly mono?: boolean;
  readonly maxLength?: number;
  readonly inputRef?: RefObject<HTMLInputElement | null>;
}

/** One line of text with its label. Nothing typed here is kept by session restore or autofill. */
export const TextField = (props: TextFieldProps) => {
  const id = useId();
  const described = describedBy(id, props.hint !== undefined, props.problem);
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        {...(props.inputRef === undefined ? {} : { ref: props.inputRef })}
        class={props.mono === true ? 'input mono' : 'input'}
        type={asType(props.type ?? 'text')}
        inputMode={props.inputMode ?? 'text'}
        maxLength={props.maxLength ?? 200}
        step="any"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        dir="auto"
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
        aria-invalid={props.problem !== undefined}
        {...described}
      />
      {props.hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      )}
      <Problem error={props.problem} id={`${id}-problem`} />
    </div>
  );
};

interface PasswordFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: ComponentChildren;
  readonly problem?: string | undefined;
  /** A password being chosen, not one being asked for. */
  readonly fresh?: boolean;
  readonly inputRef?: RefObject<HTMLInputElement | null>;
  readonly disabled?: boolean;
}

/** A password with a button that shows it for as long as the person wants. */
export const PasswordField = (props: PasswordFieldProps) => {
  const id = useId();
  const [shown, setShown] = useState(false);
  const described = describedBy(id, props.hint !== undefined, props.problem);
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <div class="with-reveal">
        <input
          id={id}
          {...(props.inputRef === undefined ? {} : { ref: props.inputRef })}
          class="input"
          type={asType(shown ? 'text' : 'password')}
          maxLength={1024}
          autocomplete={props.fresh === true ? 'new-password' : 'off'}
          autocapitalize="off"
          spellcheck={false}
          value={props.value}
          onInput={(event) => props.onInput(event.currentTarget.value)}
          readOnly={props.disabled ?? false}
          aria-invalid={props.problem !== undefined}
          {...described}
        />
        <button
          type="button"
          class="icon-button"
          onClick={() => setShown(!shown)}
          aria-pressed={shown}
          aria-label={t('password_show')}
          title={t('password_show')}
        >
          <Icon name={shown ? 'eyeOff' : 'eye'} />
        </button>
      </div>
      {props.hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      )}
      <Problem error={props.problem} id={`${id}-problem`} />
    </div>
  );
};

interface ChoicesProps<T extends string | number> {
  readonly legend: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string; readonly detail?: string }[];
  readonly onChange: (value: T) => void;
}

/** One of a few, all of them in sight. */
export const Choices = <T extends string | number>({ legend, value, options, onChange }: ChoicesProps<T>) => {
  const name = useId();
  return (
    <fieldset class="field">
      <legend>{legend}</legend>
      <div class="choices">
        {options.map((option) => (
          <label key={option.value} class="choice">
            <input type="radio" name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
            <span>
              <span>{option.label}</span>
              {option.detail !== undefined && <span class="hint choice-detail">{option.detail}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
};

/** Something to agree to or to add, with what it means. */
export const Tick = ({
  label,
  detail,
  checked,
  onChange,
}: {
  label: string;
  detail?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) => (
  <label class="choice tick">
    <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
    <span>
      <span>{label}</span>
      {detail !== undefined && <span class="hint choice-detail">{detail}</span>}
    </span>
  </label>
);

/** Several lines of text from elsewhere. */
export const TextArea = ({
  label,
  value,
  onInput,
  hint,
  maxLength,
}: {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: ComponentChildren;
  maxLength: number;
}) => {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        class="input mono"
        rows={5}
        maxLength={maxLength}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
        {...describedBy(id, hint !== undefined, undefined)}
      />
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
};

/** A file of the person's. Its name is all that is read of it here. */
export const FileField = ({
  label,
  onChange,
  accept,
  problem,
}: {
  label: string;
  onChange: (file: File | undefined) => void;
  /** Endings of names, such as `.signet-backup`. */
  accept?: string;
  problem?: string | undefined;
}) => {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        class="input file"
        type="file"
        {...(accept === undefined ? {} : { accept })}
        onChange={(event) => onChange(event.currentTarget.files?.[0])}
        aria-invalid={problem !== undefined}
        {...describedBy(id, false, problem)}
      />
      <Problem error={problem} id={`${id}-problem`} />
    </div>
  );
};

function describedBy(id: string, hint: boolean, problem: string | undefined): { 'aria-describedby'?: string } {
  const ids = [hint ? `${id}-hint` : '', problem === undefined ? '' : `${id}-problem`].filter((part) => part !== '');
  return ids.length === 0 ? {} : { 'aria-describedby': ids.join(' ') };
}

/** Preact's types tell kinds of input apart by a literal; a kind chosen at run time passes as one of them. */
const asType = (type: 'text' | 'number' | 'date' | 'search' | 'password'): 'text' => type as 'text';
