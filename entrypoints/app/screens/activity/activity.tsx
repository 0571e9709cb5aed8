import './activity.css';
import { useMemo, useState } from 'preact/hooks';
import type { Sought } from '../../../../components/audit-filter.ts';
import { auditFilter, EVERYTHING } from '../../../../components/audit-filter.ts';
import { Button } from '../../../../components/button.tsx';
import { Icon } from '../../../../components/icon.tsx';
import { siteInHash } from '../../../../components/site-hash.ts';
import { t } from '../../../../lib/platform/index.ts';
import { ActivityCheck } from './activity-check.tsx';
import { ActivityExport } from './activity-export.tsx';
import { ActivityFilter } from './activity-filter.tsx';
import { ActivityList } from './activity-list.tsx';
import { ActivityPrune } from './activity-prune.tsx';
import { PageHead } from '../parts/page-head.tsx';

type Tool = 'check' | 'export' | 'prune';

/**
 * Everything that happened in the vault, newest first: to read, to search, to prove and to let go.
 * `rest`: the site to look for at first, as a hash has it.
 */
export const Activity = ({ rest }: { rest: string }) => {
  const [sought, setSought] = useState<Sought>({ ...EVERYTHING, site: siteInHash(rest) });
  const [tool, setTool] = useState<Tool | undefined>(undefined);
  const [exported, setExported] = useState(false);
  const [pruned, setPruned] = useState(0);
  const filter = useFilter(sought);
  const close = () => setTool(undefined);

  return (
    <div class="stack-wide activity">
      <div class="stack">
        <PageHead title={t('nav_activity')} lead={t('activity_lead')} />
        <div class="row-wrap">
          <Button onClick={() => setTool('check')}>
            <Icon name="safe" size={16} />
            {t('activity_check')}
          </Button>
          <Button onClick={() => setTool('export')}>
            <Icon name="download" size={16} />
            {t('activity_export')}
          </Button>
          <Button look="quiet" onClick={() => setTool('prune')}>
            {t('activity_prune')}
          </Button>
        </div>
      </div>
      <ActivityFilter sought={sought} onChange={setSought} />
      <ActivityList key={pruned} filter={filter} />
      {tool === 'check' && <ActivityCheck onClose={close} />}
      {tool === 'export' && <ActivityExport onClose={close} onExported={() => setExported(true)} />}
      {tool === 'prune' && (
        <ActivityPrune
          exported={exported}
          onClose={close}
          onExport={() => setTool('export')}
          onPruned={() => {
            setPruned(pruned + 1);
            close();
          }}
        />
      )}
    </div>
  );
};

/** The filter of what is sought: the same object for as long as it says the same. */
function useFilter(sought: Sought) {
  const filter = auditFilter(sought);
  return useMemo(() => filter, [JSON.stringify(filter)]);
}
