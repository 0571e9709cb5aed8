import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { t } from '../../../../lib/platform/index.ts';

/** A line for a terminal, with a button that copies it. */
export const Command = ({ text }: { text: string }) => {
  const [copied, setCopied] = useState(false);
  const { busy, error, run } = useAction();
  const copy = () =>
    run(async () => {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    });
  return (
    <div class="command">
      <code class="mono grow" dir="ltr">
        {text}
      </code>
      <Button look="quiet" busy={busy} onClick={copy} name={t('connect_copy', text)}>
        <Icon name={copied ? 'check' : 'copy'} size={16} />
        {t(copied ? 'connect_copied' : 'connect_copy_short')}
      </Button>
      <p role="status" class="unseen">
        {copied && t('connect_copied')}
      </p>
      <Problem error={error} />
    </div>
  );
};
