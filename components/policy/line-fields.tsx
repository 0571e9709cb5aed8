import { useId, useState } from 'preact/hooks';
import { t } from '../../lib/platform/index.ts';
import { Problem } from '../notice.tsx';
import { decimalsOf, majorText, minorUnits } from './money-words.ts';

interface LineProps {
  readonly label: string;
  readonly problem?: string | undefined;
  readonly hint?: string | undefined;
}

interface TextLineProps extends LineProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: 'text' | 'date' | 'datetime-local' | 'time';
  readonly mono?: boolean;
  readonly placeholder?: string;
  readonly maxLength?: number;
  /** Choices that the browser offers while typing. */
  readonly list?: string;
  readonly inputMode?: 'text' | 'numeric' | 'decimal';
}

/** A field in one line with its label at the left, where there is room for that. */
export const TextLine = (props: TextLineProps) => {
  const id = useId();
  const {
    label,
    problem,
    hint,
    value,
    onInput,
    type = 'text',
    mono,
    placeholder,
    maxLength = 300,
    list,
    inputMode,
  } = props;
  return (
    <div class="line-field">
      <label for={id}>{label}</label>
      <div class="line-value">
        <input
          id={id}
          class={mono === true ? 'input mono' : 'input'}
          type={type} // Preact's types tell kinds of input apart by a literal
          inputMode={inputMode ?? 'text'}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          maxLength={maxLength}
          value={value}
          {...(placeholder === undefined ? {} : { placeholder })}
          {...(list === undefined ? {} : { list })}
          onInput={(event) => onInput(event.currentTarget.value)}
          aria-invalid={problem !== undefined}
          {...(problem === undefined ? {} : { 'aria-describedby': `${id}-problem` })}
        />
        {hint !== undefined && <p class="hint">{hint}</p>}
        <Problem error={problem} id={`${id}-problem`} />
      </div>
    </div>
  );
};

interface PickFieldProps<T extends string> extends LineProps {
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
}

/** One of several. */
export const PickField = <T extends string>({ label, value, options, onChange, problem, hint }: PickFieldProps<T>) => {
  const id = useId();
  return (
    <div class="line-field">
      <label for={id}>{label}</label>
      <div class="line-value">
        <select
          id={id}
          class="input"
          value={value}
          onChange={({ currentTarget }) => {
            const chosen = options[currentTarget.selectedIndex];
            if (chosen !== undefined) onChange(chosen.value);
          }}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        {hint !== undefined && <p class="hint">{hint}</p>}
        <Problem error={problem} />
      </div>
    </div>
  );
};

/** One of two or three, all in sight. */
export const SegmentField = <T extends string>({ label, value, options, onChange }: PickFieldProps<T>) => {
  const id = useId();
  return (
    <div class="line-field">
      <span id={id} class="line-label">
        {label}
      </span>
      <div class="segments" role="group" aria-labelledby={id}>
        {options.map((option) => (
          <button
            key={option.value}
            type="button"
            aria-pressed={option.value === value}
            onClick={() => onChange(option.value)}
          >
            {option.label}
          </button>
        ))}
      </div>
    </div>
  );
};

interface NumberFieldProps extends LineProps {
  readonly value: number | undefined;
  readonly onChange: (value: number | undefined) => void;
  readonly min?: number;
  /** What is counted, after the field. */
  readonly unit?: string;
}

/** A whole number, or none. */
export const NumberField = ({ label, value, onChange, min = 1, unit, hint, problem }: NumberFieldProps) => {
  const id = useId();
  const [typed, setTyped] = useTyped(value === undefined ? '' : String(value));
  const bad = typed !== '' && wholeNumber(typed, min) === undefined;
  return (
    <div class="line-field">
      <label for={id}>{label}</label>
      <div class="line-value">
        <div class="row">
          <input
            id={id}
            class="input short"
            inputMode="numeric"
            autocomplete="off"
            maxLength={15}
            value={typed}
            onInput={({ currentTarget }) => {
              const next = wholeNumber(currentTarget.value, min);
              setTyped(currentTarget.value, next === undefined ? '' : String(next));
              onChange(next);
            }}
            aria-invalid={bad || problem !== undefined}
            aria-describedby={`${id}-problem`}
          />
          {unit !== undefined && <span class="soft">{unit}</span>}
        </div>
        {hint !== undefined && <p class="hint">{hint}</p>}
        <Problem error={bad ? t('rule_number_bad', String(min)) : problem} id={`${id}-problem`} />
      </div>
    </div>
  );
};

function wholeNumber(text: string, min: number): number | undefined {
  const number = Number(text.trim());
  return /^\d{1,15}$/.test(text.trim()) && number >= min ? number : undefined;
}

interface MoneyFieldProps extends LineProps {
  readonly minor: number | undefined;
  readonly currency: string;
  readonly onChange: (minor: number | undefined, currency: string) => void;
  /** The currency is somebody else's choice. */
  readonly fixed?: boolean;
}

/** An amount in major units with its currency. */
export const MoneyField = ({ label, minor, currency, onChange, fixed, problem }: MoneyFieldProps) => {
  const id = useId();
  const [typed, setTyped] = useTyped(minor === undefined ? '' : majorText(minor, currency));
  const bad = typed !== '' && minorUnits(typed, currency) === undefined;
  const tell = (text: string, code: string) => {
    const next = minorUnits(text, code);
    setTyped(text, next === undefined ? '' : majorText(next, code));
    onChange(next, code);
  };
  return (
    <div class="line-field">
      <label for={id}>{label}</label>
      <div class="line-value">
        <div class="row">
          <input
            id={id}
            class="input short"
            inputMode="decimal"
            autocomplete="off"
            maxLength={16}
            value={typed}
            onInput={({ currentTarget }) => tell(currentTarget.value, currency)}
            aria-invalid={bad}
            aria-describedby={`${id}-problem`}
          />
          {fixed === true ? (
            <span class="soft">{currency}</span>
          ) : (
            <input
              class="input short mono"
              aria-label={t('rule_currency')}
              maxLength={3}
              autocomplete="off"
              value={currency}
              onInput={({ currentTarget }) => tell(typed, currentTarget.value.toUpperCase())}
            />
          )}
        </div>
        <Problem
          error={bad ? t(decimalsOf(currency) === undefined ? 'rule_currency_bad' : 'rule_amount_bad') : problem}
          id={`${id}-problem`}
        />
      </div>
    </div>
  );
};

/** What was typed, kept as it was typed for as long as what it means is what is to be shown. */
function useTyped(shown: string): readonly [string, (typed: string, means: string) => void] {
  const [last, setLast] = useState({ typed: shown, means: shown });
  const typed = last.means === shown ? last.typed : shown;
  return [typed, (text, means) => setLast({ typed: text, means })];
}
