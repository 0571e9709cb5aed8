import type { ComponentChildren } from 'preact';
import { t } from '../lib/platform/index.ts';

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick?: (event: Event) => void;
  /** `submit` needs a form around it. */
  readonly type?: 'button' | 'submit';
  readonly look?: 'primary' | 'harm' | 'harm filled' | 'quiet' | 'plain';
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly wide?: boolean;
  /** The form it submits, where that is not around it. */
  readonly form?: string;
  /** The accessible name, where the text alone does not say what it is about. */
  readonly name?: string;
}

/** A verb. While busy it says so, keeps the focus and does nothing. */
export const Button = ({
  children,
  onClick,
  type = 'button',
  look = 'plain',
  busy,
  disabled,
  wide,
  form,
  name,
}: ButtonProps) => (
  <button
    type={type}
    class={`button ${look}${wide === true ? ' wide' : ''}`}
    disabled={disabled ?? false}
    form={form}
    aria-label={name}
    aria-disabled={busy === true ? 'true' : undefined}
    onClick={(event) => {
      if (busy === true) event.preventDefault();
      else onClick?.(event);
    }}
  >
    {busy === true && <span class="busy-dot" aria-hidden="true" />}
    {children}
    {busy === true && <span class="unseen">{t('working')}</span>}
  </button>
);
