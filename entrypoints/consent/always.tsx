import { useId } from 'preact/hooks';
import { claimsPhrase } from '../../components/audit-sentence.tsx';
import { Tick } from '../../components/fields.tsx';
import type { GrantDraft, GrantableClaim } from '../../components/grant-order.ts';
import { GRANT_SPANS, limitIn } from '../../components/grant-order.ts';
import { Problem } from '../../components/notice.tsx';
import { Origin } from '../../components/origin.tsx';
import { Rich } from '../../components/rich.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { displayText } from '../../lib/core/index.ts';
import type { GrantOrder } from '../../lib/messaging/index.ts';
import { t, tn, uiLanguage } from '../../lib/platform/index.ts';
import { factWords } from './fact-words.ts';
import type { PanelDoor } from './panel.tsx';
import { Panel } from './panel.tsx';

/** The button that opens the panel, and nothing else: what allows is the one button beside it. */
export const AlwaysButton = ({ door, busy }: { door: PanelDoor; busy: boolean }) => (
  <button
    type="button"
    class="button quiet always"
    aria-expanded={door.open}
    aria-controls={door.open ? door.id : undefined}
    disabled={busy}
    onClick={door.toggle}
  >
    {t('grant_always')}
  </button>
);

/** What the site may learn from now on, for how long and how often. */
export const AlwaysPanel = ({
  door,
  claims,
  draft,
  onChange,
}: {
  door: PanelDoor;
  claims: readonly GrantableClaim[];
  draft: GrantDraft;
  onChange: (draft: GrantDraft) => void;
}) => {
  const change = (part: Partial<GrantDraft>) => onChange({ ...draft, ...part });
  return (
    <Panel door={door} title={t('grant_always')}>
      {claims.length > 1 && (
        <fieldset class="grant-claims">
          <legend class="unseen">{t('grant_claims')}</legend>
          {claims.map(({ claim, label }) => (
            <Tick
              key={claim}
              label={factWords(displayText(label, 80))}
              checked={!draft.without.includes(claim)}
              onChange={(on) =>
                change({ without: on ? draft.without.filter((other) => other !== claim) : [...draft.without, claim] })
              }
            />
          ))}
        </fieldset>
      )}
      <div class="grant-limits">
        <SelectField
          label={t('grant_span')}
          value={draft.span}
          options={GRANT_SPANS.map((span) => ({ value: span, label: t(`grant_span_${span}`) }))}
          onChange={(span) => change({ span })}
        />
        <Limit label={t('grant_uses')} value={draft.uses} onInput={(uses) => change({ uses })} />
        <Limit label={t('grant_per_day')} value={draft.perDay} onInput={(perDay) => change({ perDay })} />
      </div>
    </Panel>
  );
};

/** A number, or nothing. */
const Limit = ({ label, value, onInput }: { label: string; value: string; onInput: (value: string) => void }) => {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        class="input"
        type="text"
        inputMode="numeric"
        maxLength={5}
        autocomplete="off"
        placeholder={t('grant_no_limit')}
        value={value}
        aria-invalid={limitIn(value) === null}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </div>
  );
};

/** What the button will do, in a sentence that stays in sight; or what is wrong with the draft. */
export const GrantMeaning = ({
  origin,
  claims,
  draft,
  order,
}: {
  origin: string;
  claims: readonly GrantableClaim[];
  draft: GrantDraft;
  /** What the draft comes to; undefined where it cannot be given. */
  order: GrantOrder | undefined;
}) => (
  <div class="grant-means">
    <Problem error={order === undefined ? problemOf(draft) : undefined} />
    <p role="status">
      {order !== undefined && (
        <>
          <Permission origin={origin} claims={claims} draft={draft} order={order} />
          {order.maxUses !== undefined && ` ${tn('grant_means_uses', order.maxUses)}`}
          {order.rate !== undefined && ` ${tn('grant_means_day', order.rate.times)}`}
          <span class="soft"> {t('grant_find')}</span>
        </>
      )}
    </p>
  </div>
);

const problemOf = ({ uses, perDay }: GrantDraft): string =>
  limitIn(uses) === null || limitIn(perDay) === null ? t('grant_limit_bad') : t('grant_nothing');

/** Characters of an origin from which on the sentence points to it instead: it stands in full at the top. */
const LONG_ORIGIN = 48;

const Permission = ({
  origin,
  claims,
  draft,
  order,
}: {
  origin: string;
  claims: readonly GrantableClaim[];
  draft: GrantDraft;
  order: GrantOrder;
}) => {
  const who = origin.length > LONG_ORIGIN ? t('grant_this_site') : <Origin origin={origin} />;
  const what = claimsPhrase(claims.filter(({ claim }) => order.claims.includes(claim)).map(({ label }) => label));
  if (order.until === undefined) return <Rich message={'grant_means_ever'} parts={[who, what]} />;
  if (draft.span === 'today') return <Rich message={'grant_means_today'} parts={[who, what]} />;
  return <Rich message={'grant_means_until'} parts={[who, what, lastDay(order.until)]} />;
};

/** The last day of a permission that ends at midnight: "24 December", with the year where it is another. */
function lastDay(until: number): string {
  const day = new Date(until - 1);
  const sameYear = day.getFullYear() === new Date().getFullYear();
  return new Intl.DateTimeFormat(uiLanguage(), {
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(day);
}
