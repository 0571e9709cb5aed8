import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { SignetError, parseJson } from '../../lib/core/index.ts';
import { t } from '../../lib/platform/index.ts';
import { Problem } from '../notice.tsx';
import { placeOf } from './json-place.ts';
import { prettyJson } from './pretty-json.ts';

const LIMITS = { maxLength: 2_000_000, maxDepth: 64 };

/**
 * Something as JSON that can be written to. What is typed counts as soon as `read` takes it; until then the exact
 * field that it is about is named, and shown in the text on request.
 */
export function JsonEditor<T>({
  label,
  value,
  field,
  read,
  onChange,
  onProblem,
  rows,
}: {
  readonly label: string;
  readonly value: T;
  /** What the text as a whole is called in errors. */
  readonly field: string;
  /** @throws SignetError naming the field */
  readonly read: (value: unknown) => T;
  readonly onChange: (value: T) => void;
  /** Told of what is wrong with the text, and that nothing is any more. */
  readonly onProblem?: (error: SignetError | undefined) => void;
  readonly rows?: number;
}) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => prettyJson(value));
  const [error, setError] = useState<SignetError | undefined>(undefined);
  const own = useRef(value);

  // What was changed elsewhere is written anew; what was typed here stays as it was typed.
  useEffect(() => {
    if (own.current === value) return;
    own.current = value;
    setText(prettyJson(value));
    setError(undefined);
  }, [value]);

  const settle = (problem: SignetError | undefined) => {
    setError(problem);
    onProblem?.(problem);
  };
  const type = (typed: string) => {
    setText(typed);
    try {
      const taken = read(parseJson(typed, field, LIMITS));
      own.current = taken;
      settle(undefined);
      onChange(taken);
    } catch (thrown) {
      settle(SignetError.from(thrown));
    }
  };
  const place = error?.field === undefined ? undefined : placeOf(text, error.field);
  const show = () => {
    if (place === undefined) return;
    area.current?.focus();
    area.current?.setSelectionRange(...place);
  };

  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        ref={area}
        class="input mono json"
        rows={rows ?? Math.min(28, Math.max(8, text.split('\n').length + 1))}
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={(event) => type(event.currentTarget.value)}
        aria-invalid={error !== undefined}
        {...(error === undefined ? {} : { 'aria-describedby': `${id}-problem` })}
      />
      <Problem error={error} id={`${id}-problem`} />
      {place !== undefined && (
        <p class="small">
          <span class="mono">{error?.field}</span>{' '}
          <button type="button" class="link" onClick={show}>
            {t('rule_json_show')}
          </button>
        </p>
      )}
    </div>
  );
}
