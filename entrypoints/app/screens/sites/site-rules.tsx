import { useRef, useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { Problem } from '../../../../components/notice.tsx';
import type { ClaimNames } from '../../../../components/policy/claim-phrase.ts';
import { RuleSentence, ruleText } from '../../../../components/policy/rule-sentence.tsx';
import { timeAgo } from '../../../../components/time-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import type { RuleView, SiteView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t, tn } from '../../../../lib/platform/index.ts';

interface Rules {
  readonly rules: readonly RuleView[];
  readonly names: ClaimNames;
}

/** What exactly this site may learn without asking, and the way to end it. */
export const SitePermits = ({ site, rules, names }: Rules & { site: SiteView }) => {
  const [ending, setEnding] = useState(false);
  const standing = rules.filter(({ ended }) => !ended);
  return (
    <section class="stack">
      <h2>{t('site_may')}</h2>
      {rules.length === 0 && <p class="soft">{t('site_may_none')}</p>}
      <RuleList rules={rules} names={names} verb={t('site_end')} said={t('site_ended')} />
      {standing.length > 0 && (
        <div class="site-rules-foot">
          <p class="soft">{t('site_end_what')}</p>
          {standing.length > 1 && (
            <Button look="harm" onClick={() => setEnding(true)}>
              {t('site_end_all')}
            </Button>
          )}
        </div>
      )}
      {ending && <EndAll site={site} count={standing.length} onClose={() => setEnding(false)} />}
    </section>
  );
};

/** What exactly this site is never asked about again, and the way back. */
export const SiteDenials = ({ rules, names }: Rules) => (
  <section class="stack">
    <h2>{t('site_never')}</h2>
    {rules.length === 0 && <p class="soft">{t('site_never_none')}</p>}
    <RuleList rules={rules} names={names} verb={t('site_undo')} said={t('site_undone')} />
    {rules.length > 0 && <p class="soft">{t('site_undo_what')}</p>}
  </section>
);

/** Rules about more than this site: not changed from here. */
export const WiderRules = ({ rules, names }: Rules) =>
  rules.length === 0 ? null : (
    <section class="stack">
      <h2>{t('site_wider')}</h2>
      <ul class="site-rules">
        {rules.map(({ rule }) => (
          <li key={rule.id}>
            <p class="grow phrase">
              <RuleSentence rule={rule} names={names} />
            </p>
            <a class="link small" href={`#/rules/${rule.id}`}>
              {t('site_wider_open')}
            </a>
          </li>
        ))}
      </ul>
      <p class="soft">{t('site_wider_what')}</p>
    </section>
  );

/** Rules with a button each that takes one away. What was said last is announced, and gets the focus of what went. */
const RuleList = ({ rules, names, verb, said }: Rules & { verb: string; said: string }) => {
  const { busy, error, run } = useAction();
  const [locked, setLocked] = useState<string | undefined>(undefined);
  const [done, setDone] = useState(false);
  const status = useRef<HTMLParagraphElement>(null);
  const remove = (id: string, unlock: boolean) =>
    run(async () => {
      await ask('policy.deleteRule', { id, ...(unlock ? { unlock } : {}) });
      setLocked(undefined);
      setDone(true);
      status.current?.focus();
    });
  return (
    <>
      <ul class="site-rules" hidden={rules.length === 0}>
        {rules.map((view) => (
          <li key={view.rule.id}>
            <div class="grow">
              <p class={view.ended ? 'phrase soft' : 'phrase'}>
                <RuleSentence rule={view.rule} names={names} />
              </p>
              <Uses view={view} />
            </div>
            <Button
              busy={busy}
              name={t('site_verb_rule', view.ended ? t('site_remove') : verb, ruleText(view.rule, names))}
              onClick={() => (view.rule.locked ? setLocked(view.rule.id) : remove(view.rule.id, false))}
            >
              {view.ended ? t('site_remove') : verb}
            </Button>
          </li>
        ))}
      </ul>
      <p role="status" tabIndex={-1} ref={status} class="small soft">
        {done && said}
      </p>
      <Problem error={locked === undefined ? error : undefined} />
      {locked !== undefined && (
        <Dialog title={t('site_locked_title')} onClose={() => setLocked(undefined)}>
          <p>{t('site_locked')}</p>
          <Problem error={error} />
          <div class="actions">
            <Button onClick={() => setLocked(undefined)}>{t('cancel')}</Button>
            <Button look="primary" busy={busy} onClick={() => remove(locked, true)}>
              {t('site_locked_remove')}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
};

const Uses = ({ view: { rule, uses, lastUsedAt, ended } }: { view: RuleView }) => (
  <p class="small soft row-wrap">
    {rule.locked && (
      <span class="row">
        <Icon name="lock" size={14} />
        {t('site_locked_mark')}
      </span>
    )}
    {ended && <span>{t('site_over')}</span>}
    {rule.effect === 'permit' && (
      <span>
        {lastUsedAt === undefined ? t('site_unused') : tn('site_used', uses, timeAgo(lastUsedAt, Date.now()))}
      </span>
    )}
  </p>
);

/** Ends every permission of the site, and says first what that can and cannot do. */
const EndAll = ({ site, count, onClose }: { site: SiteView; count: number; onClose: () => void }) => {
  const { busy, error, run } = useAction();
  const end = () =>
    run(async () => {
      await ask('sites.revoke', { subject: site.subject });
      onClose();
    });
  return (
    <Dialog title={tn('site_end_title', count)} onClose={onClose}>
      <p>{t('site_end_what')}</p>
      <p>{t('site_end_denials')}</p>
      <Problem error={error} />
      <div class="actions">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button look="harm filled" busy={busy} onClick={end}>
          {t('site_end_all')}
        </Button>
      </div>
    </Dialog>
  );
};
