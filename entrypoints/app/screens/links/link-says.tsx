import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { Origin, OriginWithTransport } from '../../../../components/origin.tsx';
import { Rich } from '../../../../components/rich.tsx';
import { useAction } from '../../../../components/use-action.ts';
import type { LinkView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';

/** Whether there is nothing to add to a host: not that it is on this computer, nor how it is spelled. */
const isPlain = (origin: string): boolean => origin.startsWith('https:') && !origin.includes('xn--');

/** What a link says of itself. Going on is the click that lets Signet talk to whom it names. */
export const LinkSays = ({
  link,
  says,
  onOpened,
  onBack,
}: {
  link: string;
  says: LinkView;
  onOpened: () => void;
  onBack: () => void;
}) => {
  const { busy, error, run } = useAction();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const proceed = () =>
    run(async () => {
      await ask('links.open', { link });
      onOpened();
    });
  return (
    <section class="open-link">
      <div class="card link-says">
        <span class="is-wax">
          <Icon name={says.kind === 'proof' ? 'ask' : 'card'} size={24} />
        </span>
        <div class="stack-tight grow">
          <h2 ref={heading} tabIndex={-1}>
            <Rich message={`link_says_${says.kind}`} parts={[<Origin origin={says.origin} />]} />
          </h2>
          {!isPlain(says.origin) && <OriginWithTransport origin={says.origin} />}
        </div>
      </div>
      <Notice tone="warn">
        <strong>{t('link_warning')}</strong> {t('link_warning_what')}
      </Notice>
      <p class="soft">
        <Rich message={`link_next_${says.fetches ? says.kind : 'whole'}`} parts={[<Origin origin={says.origin} />]} />
      </p>
      <div class="stack-tight">
        <Problem error={error} />
        {error !== undefined && <p class="soft">{t('link_failed_kept')}</p>}
      </div>
      <div class="row-wrap">
        <Button look="primary" busy={busy} onClick={proceed}>
          {t('link_continue')}
          <Icon name="arrow" size={16} />
        </Button>
        <Button look="quiet" disabled={busy} onClick={onBack}>
          {t('link_other')}
        </Button>
      </div>
    </section>
  );
};
