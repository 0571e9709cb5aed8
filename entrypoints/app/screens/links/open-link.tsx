import './open-link.css';
import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { useAction } from '../../../../components/use-action.ts';
import type { LinkView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { LinkForm } from './link-form.tsx';
import { LinkSays } from './link-says.tsx';
import { PageHead } from '../parts/page-head.tsx';

/** A link as the person gave it, and what it says of itself. */
interface Looked {
  readonly link: string;
  readonly says: LinkView;
}

/** For sites that only have a link or a QR code: what it is is said first, and nobody is asked before the next click. */
export const OpenLink = () => {
  const [looked, setLooked] = useState<Looked | undefined>(undefined);
  const [isOpened, setOpened] = useState(false);
  const looking = useAction();

  const look = (link: string) => {
    setOpened(false);
    looking.run(async () => setLooked({ link, says: await ask('links.look', { link }) }));
  };

  return (
    <>
      <PageHead title={t('nav_link')} lead={t('link_lead')} />
      <div role="status" class="open-link-status">
        {isOpened && <Opened />}
      </div>
      {looked === undefined ? (
        <LinkForm busy={looking.busy} error={looking.error} onLink={look} onChange={looking.clear} />
      ) : (
        <LinkSays
          {...looked}
          onOpened={() => {
            setLooked(undefined);
            setOpened(true);
          }}
          onBack={() => setLooked(undefined)}
        />
      )}
    </>
  );
};

/** The request is in the window where every other one is decided. */
const Opened = () => {
  const { busy, run } = useAction();
  return (
    <Notice tone="info">
      <div class="banner">
        <p>{t('link_opened')}</p>
        <Button
          busy={busy}
          onClick={() =>
            run(async () => {
              await ask('requests.show', {});
            })
          }
        >
          {t('link_show')}
        </Button>
      </div>
    </Notice>
  );
};
