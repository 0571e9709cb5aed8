import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Seal } from '../../../components/seal.tsx';
import { t } from '../../../lib/platform/index.ts';

/** The vault is there; what to do before it is of use. */
export const Done = ({ restored, onDone }: { restored: boolean; onDone: () => void }) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <main class="alone">
      <Seal state="open" size={88} />
      <div class="stack-tight">
        <h1 ref={heading} tabIndex={-1}>
          {restored ? t('done_restored_title') : t('done_title')}
        </h1>
        <p class="lead">{restored ? t('done_restored_lead') : t('done_lead')}</p>
      </div>
      <ul class="hints">
        <li>
          <Icon name="reload" size={20} />
          <div>
            <strong>{t('done_reload')}</strong>
            <p class="soft">{t('done_reload_why')}</p>
          </div>
        </li>
        <li>
          <Icon name="pin" size={20} />
          <div>
            <strong>{t('done_pin')}</strong>
            <p class="soft">{t('done_pin_how')}</p>
          </div>
        </li>
      </ul>
      <div>
        <Button look="primary" onClick={onDone}>
          {t('done_open')}
        </Button>
      </div>
    </main>
  );
};
