import { Problem } from '../../components/notice.tsx';
import { dateAndTimeWords } from '../../components/time-words.ts';
import { useAsked } from '../../components/use-asked.ts';
import { t } from '../../lib/platform/index.ts';

const LISTED = 50;

/** The backups that the person saved, newest first, by their times; asked of the log. */
export const useBackupsMade = () => {
  const asked = useAsked('audit.list', { limit: LISTED, filter: { kinds: ['backup.made'] } }, ['audit']);
  return asked.state === 'ready' ? { state: asked.state, times: asked.value.entries.map(({ time }) => time) } : asked;
};

/** Times of backups, one on a line. */
export const BackupTimes = ({ times }: { times: readonly number[] }) => (
  <ul class="times">
    {times.map((time) => (
      <li key={time}>
        <time dateTime={new Date(time).toISOString()}>{dateAndTimeWords(time)}</time>
      </li>
    ))}
  </ul>
);

/** What erasing does not reach. */
export const BackupsThatHoldIt = () => {
  const made = useBackupsMade();
  if (made.state === 'loading') return null;
  if (made.state === 'failed') return <Problem error={made.error} />;
  if (made.times.length === 0) return <p class="soft">{t('erase_no_backups')}</p>;
  return (
    <div class="stack-tight">
      <p>{t('erase_backups')}</p>
      <BackupTimes times={made.times} />
    </div>
  );
};
