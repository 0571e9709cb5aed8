import { Icon } from '../../components/icon.tsx';
import { t } from '../../lib/platform/index.ts';
import { Way } from './deny.tsx';
import { MoreButton } from './more-button.tsx';
import type { PanelDoor } from './panel.tsx';
import { Panel } from './panel.tsx';

/** The way to another wallet, always one press away, whatever this one holds; `more` is the door to "always here". */
export const OtherWalletRow = ({ onOther, busy, more }: { onOther: () => void; busy: boolean; more: PanelDoor }) => (
  <div class="other-wallet">
    <button type="button" class="button quiet" disabled={busy} onClick={onOther}>
      <Icon name="open" size={16} />
      {t('other_wallet')}
    </button>
    <MoreButton door={more} label={t('other_wallet_more')} look="quiet" busy={busy} />
  </div>
);

export const OtherWalletPanel = ({
  door,
  onOther,
}: {
  door: PanelDoor;
  onOther: (choice: { readonly always: boolean }) => void;
}) => (
  <Panel door={door} title={t('other_wallet')}>
    <div class="ways">
      <Way
        onClick={() => onOther({ always: false })}
        label={t('other_wallet_once')}
        detail={t('other_wallet_once_means')}
      />
      <Way
        onClick={() => onOther({ always: true })}
        label={t('other_wallet_always')}
        detail={t('other_wallet_always_means')}
      />
    </div>
  </Panel>
);
