import { useEffect, useState } from 'preact/hooks';
import { t } from '../lib/platform/index.ts';
import { PasswordField } from './fields.tsx';
import type { MeasureStrength, Strength } from './password-strength.ts';
import { loadStrength, MIN_PASSWORD_LENGTH } from './password-strength.ts';

/** A password being chosen, and whether it may be used: long enough and typed twice alike. */
export interface NewPasswordState {
  readonly password: string;
  readonly repeat: string;
}

export const emptyPassword: NewPasswordState = { password: '', repeat: '' };

export const isUsable = ({ password, repeat }: NewPasswordState): boolean =>
  Array.from(password).length >= MIN_PASSWORD_LENGTH && password === repeat;

/** What the two fields are called. */
interface NewPasswordWords {
  readonly label: string;
  readonly repeat: string;
  readonly differs: string;
}

/** Two fields and an honest word on how long the first would hold. */
export const NewPassword = ({
  state,
  onChange,
  tried,
  words,
}: {
  state: NewPasswordState;
  onChange: (state: NewPasswordState) => void;
  /** The person asked to go on: now say what is missing. */
  tried: boolean;
  /** Default: a password. */
  words?: NewPasswordWords;
}) => {
  const strength = useStrength(state.password);
  const short = Array.from(state.password).length < MIN_PASSWORD_LENGTH;
  const differ = state.password !== state.repeat;
  return (
    <div class="stack">
      <div class="stack-tight">
        <PasswordField
          label={words?.label ?? t('password_new')}
          fresh
          value={state.password}
          onInput={(password) => onChange({ ...state, password })}
          hint={t('password_hint', String(MIN_PASSWORD_LENGTH))}
          problem={tried && short ? t('password_short', String(MIN_PASSWORD_LENGTH)) : undefined}
        />
        <StrengthMeter strength={state.password === '' ? undefined : strength} />
      </div>
      <PasswordField
        label={words?.repeat ?? t('password_repeat')}
        fresh
        value={state.repeat}
        onInput={(repeat) => onChange({ ...state, repeat })}
        problem={
          differ && (tried || state.repeat.length >= state.password.length) && state.repeat !== ''
            ? (words?.differs ?? t('password_differs'))
            : undefined
        }
      />
    </div>
  );
};

function useStrength(password: string): Strength | undefined {
  const [measure, setMeasure] = useState<MeasureStrength | undefined>(undefined);
  const [strength, setStrength] = useState<Strength | undefined>(undefined);
  useEffect(() => {
    let live = true;
    loadStrength().then(
      (loaded) => live && setMeasure(() => loaded),
      () => undefined, // an estimate that cannot be made is left out; the length still counts
    );
    return () => {
      live = false;
    };
  }, []);
  useEffect(() => {
    if (measure === undefined) return;
    const timer = setTimeout(() => setStrength(measure(password)), 120); // an estimate takes tens of milliseconds
    return () => clearTimeout(timer);
  }, [password, measure]);
  return strength;
}

const StrengthMeter = ({ strength }: { strength: Strength | undefined }) => (
  <div class="strength" data-score={strength?.score ?? 'none'}>
    <div class="strength-bars" aria-hidden="true">
      <i />
      <i />
      <i />
      <i />
    </div>
    <p class="small" role="status">
      {strength !== undefined && (
        <>
          <strong>{t(`strength_${strength.score}`)}</strong>{' '}
          <span class="soft">{strength.advice.map((key) => t(key)).join(' ')}</span>
        </>
      )}
    </p>
  </div>
);
