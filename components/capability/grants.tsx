import { displayText } from '../../lib/core/index.ts';
import type { GrantView } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { Icon } from '../icon.tsx';
import { grantWords } from './grant-words.ts';

/** What an authority lets a person's tokens do, one line for each. */
export const Grants = ({ grants }: { grants: readonly GrantView[] }) => (
  <ul class="grants">
    {grants.map((grant, at) => (
      <li key={at}>
        <p>
          <bdi dir="auto">{grantWords(grant)}</bdi>
        </p>
        {grant.policy !== undefined && (
          <details>
            <summary class="small soft">
              <Icon name="right" size={14} />
              {t('authority_policy')}
            </summary>
            <pre class="raw" tabIndex={0} aria-label={t('authority_policy')} dir="ltr">
              {displayText(grant.policy, 20_000)}
            </pre>
          </details>
        )}
      </li>
    ))}
  </ul>
);
