import { Tick } from '../../components/fields.tsx';
import { Problem } from '../../components/notice.tsx';
import type { SignetError } from '../../lib/core/index.ts';
import { displayText } from '../../lib/core/index.ts';
import type { ExtraView } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { factWords } from './fact-words.ts';
import { Section } from './frame.tsx';

/** What the site asks for beyond what it needs: nothing of it goes out before the person takes it in. */
export const Extras = ({
  extras,
  taken,
  error,
  onTake,
}: {
  extras: readonly ExtraView[];
  /** Ids. */
  taken: readonly string[];
  error: SignetError | undefined;
  onTake: (taken: readonly string[]) => void;
}) => (
  <Section title={t('consent_extras')}>
    <div class="extras">
      {extras.map(({ id, label }) => (
        <Tick
          key={id}
          label={factWords(displayText(label, 120))}
          checked={taken.includes(id)}
          onChange={(on) => onTake(on ? [...taken, id] : taken.filter((other) => other !== id))}
        />
      ))}
    </div>
    <Problem error={error} />
  </Section>
);
