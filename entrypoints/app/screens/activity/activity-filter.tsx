import { useId, useState } from 'preact/hooks';
import type { Sought } from '../../../../components/audit-filter.ts';
import { EVERYTHING, filtersSet } from '../../../../components/audit-filter.ts';
import { AUDIT_GROUPS } from '../../../../components/audit-words.ts';
import { Button } from '../../../../components/button.tsx';
import { TextField } from '../../../../components/fields.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { SelectField } from '../../../../components/select-field.tsx';
import { countWords } from '../../../../components/count-words.ts';
import { t } from '../../../../lib/platform/index.ts';
import { SearchField } from '../parts/search-field.tsx';

const DECISIONS = ['any', 'PERMIT', 'DENY', 'ANOMALY'] as const;

/** What to look for: the site in sight, the rest on request. */
export const ActivityFilter = ({ sought, onChange }: { sought: Sought; onChange: (sought: Sought) => void }) => {
  const id = useId();
  const [open, setOpen] = useState(false);
  const set = (change: Partial<Sought>) => onChange({ ...sought, ...change });
  const filters = filtersSet(sought);
  return (
    <search class="stack filters">
      <div class="row-wrap">
        <div class="grow filters-site">
          <SearchField label={t('activity_search')} value={sought.site} onInput={(site) => set({ site })} />
        </div>
        <button
          type="button"
          class="button"
          aria-expanded={open}
          {...(open ? { 'aria-controls': id } : {})}
          onClick={() => setOpen(!open)}
        >
          <Icon name="filter" size={16} />
          {filters === 0 ? t('activity_filters') : t('activity_filters_set', countWords(filters))}
        </button>
        {(filters > 0 || sought.site !== '') && (
          <Button look="quiet" onClick={() => onChange(EVERYTHING)}>
            {t('activity_filters_clear')}
          </Button>
        )}
      </div>
      {open && (
        <div id={id} class="filters-more">
          <SelectField
            label={t('activity_about')}
            value={sought.about}
            options={(['any', ...AUDIT_GROUPS] as const).map((value) => ({
              value,
              label: t(`activity_about_${value}`),
            }))}
            onChange={(about) => set({ about })}
          />
          <TextField
            label={t('activity_claim')}
            value={sought.claim}
            onInput={(claim) => set({ claim })}
            maxLength={100}
          />
          <SelectField
            label={t('activity_decision')}
            value={sought.decision}
            options={DECISIONS.map((value) => ({
              value,
              label: t(`activity_decision_${value.toLowerCase() as Lowercase<typeof value>}`),
            }))}
            onChange={(decision) => set({ decision })}
          />
          <TextField label={t('activity_from')} type="date" value={sought.from} onInput={(from) => set({ from })} />
          <TextField label={t('activity_to')} type="date" value={sought.to} onInput={(to) => set({ to })} />
        </div>
      )}
    </search>
  );
};
