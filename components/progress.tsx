import { useId } from 'preact/hooks';
import { t, uiLanguage } from '../lib/platform/index.ts';
import { Button } from './button.tsx';

/** Work that takes its time: how far it is, if that is known, and a way to stop it, if there is one. */
export const Progress = ({
  label,
  done,
  onCancel,
}: {
  label: string;
  /** From 0 to 1; absent while nobody knows. */
  done?: number | undefined;
  onCancel?: () => void;
}) => {
  const id = useId();
  return (
    <div class="progress" role="status">
      <div class="row">
        <label for={id} class="grow">
          {label}
        </label>
        {done !== undefined && (
          <span class="small soft" aria-hidden="true">
            {new Intl.NumberFormat(uiLanguage(), { style: 'percent' }).format(done)}
          </span>
        )}
      </div>
      <progress id={id} max={1} {...(done === undefined ? {} : { value: done })} />
      {onCancel !== undefined && (
        <div>
          <Button onClick={onCancel}>{t('cancel')}</Button>
        </div>
      )}
    </div>
  );
};
