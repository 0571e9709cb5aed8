import { Button } from '../../components/button.tsx';
import { displayText } from '../../lib/core/index.ts';
import type { Waiting } from '../../lib/messaging/index.ts';
import { t, tn, uiLanguage } from '../../lib/platform/index.ts';
import { factWords } from './fact-words.ts';
import { MoreButton } from './more-button.tsx';
import type { PanelDoor } from './panel.tsx';
import { Panel } from './panel.tsx';

/** The no, always one press away; `more` is the door to what says more than this once. */
export const DenyButton = ({
  onDeny,
  busy,
  more,
  label = t('deny'),
}: {
  onDeny: () => void;
  busy: boolean;
  more: PanelDoor | undefined;
  label?: string;
}) => {
  const once = (
    <Button onClick={onDeny} disabled={busy}>
      {label}
    </Button>
  );
  if (more === undefined) return once;
  return (
    <div class="split">
      {once}
      <MoreButton door={more} label={t('consent_deny_more')} look="plain" busy={busy} />
    </div>
  );
};

/** What the person can refuse beyond this once. `never` is left out where no rule can be kept: while locked. */
export const DenyPanel = ({
  door,
  request: { ofThisSite, agent },
  asked,
  onAll,
  onNever,
  onTell,
}: {
  door: PanelDoor;
  request: Pick<Waiting, 'ofThisSite' | 'agent'>;
  asked: readonly string[];
  onAll: () => void;
  onNever: ((what: 'claims' | 'site') => void) | undefined;
  /** Where nobody is told of a no unless the person says so. */
  onTell?: (() => void) | undefined;
}) => (
  <Panel door={door} title={t('consent_deny_more')}>
    <div class="ways">
      {ofThisSite > 1 && (
        <Way
          onClick={onAll}
          label={tn(agent === undefined ? 'consent_deny_all' : 'consent_deny_agent', ofThisSite)}
          detail={t('consent_deny_all_means')}
        />
      )}
      {onTell !== undefined && (
        <Way onClick={onTell} label={t('consent_deny_tell')} detail={t('consent_deny_tell_means')} />
      )}
      {onNever !== undefined && (
        <>
          <Way onClick={() => onNever('claims')} label={t('consent_never_claims')} detail={askedWords(asked)} />
          <Way onClick={() => onNever('site')} label={t('consent_never_site')} detail={t('consent_never_site_means')} />
        </>
      )}
    </div>
    {onNever !== undefined && <p class="hint">{t('consent_never_means')}</p>}
  </Panel>
);

/** One thing to choose, and what it means. */
export const Way = ({ onClick, label, detail }: { onClick: () => void; label: string; detail: string }) => (
  <button type="button" class="way" onClick={onClick}>
    <span class="way-label">{label}</span>{' '}
    <bdi dir="auto" class="hint">
      {detail}
    </bdi>
  </button>
);

const askedWords = (asked: readonly string[]): string =>
  new Intl.ListFormat(uiLanguage(), { type: 'conjunction', style: 'narrow' }).format(
    asked.map((label) => factWords(displayText(label, 60))),
  );
