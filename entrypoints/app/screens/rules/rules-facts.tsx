import { useState } from 'preact/hooks';
import { Icon } from '../../../../components/icon.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { claimTitle } from '../../../../components/policy/claim-phrase.ts';
import { asStart } from '../../../../components/policy/list-words.ts';
import { roleWords } from '../../../../components/policy/role-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import type { Role } from '../../../../lib/policy/engine/index.ts';
import { ROLES } from '../../../../lib/policy/engine/index.ts';
import type { Policy } from './policy.ts';
import { matches, SearchField } from '../parts/search-field.tsx';

const SEARCH_FROM = 12;
const UNKNOWN: Role = 'identity';

/** How much a site must be trusted before a rule about many sites may give it a fact: fact by fact. */
export const RulesFacts = ({ policy, readOnly }: { policy: Policy; readOnly: boolean }) => {
  const [query, setQuery] = useState('');
  const { defaults, names, set } = policy;
  const own = set.claim_roles ?? {};
  // What nobody knows takes the most.
  const strangers = Object.keys(own)
    .filter((claim) => !names.has(claim))
    .map((claim) => ({ claim, label: claimTitle(claim), least: UNKNOWN }));
  const rows = [...defaults, ...strangers].filter(({ claim, label }) => matches(query, claim, label));
  return (
    <div class="stack">
      <div class="stack-tight measure">
        <p>{t('rules_facts_lead')}</p>
        <p class="soft">{t('rules_facts_exact')}</p>
      </div>
      <Ladder />
      {defaults.length >= SEARCH_FROM && (
        <SearchField label={t('rules_facts_search')} value={query} onInput={setQuery} />
      )}
      {rows.length === 0 && <p class="soft">{t('search_none')}</p>}
      <table class="facts-table">
        <thead>
          <tr>
            <th scope="col">{t('rules_facts_fact')}</th>
            <th scope="col">{t('rules_facts_least')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ claim, least }) => (
            <Row key={claim} policy={policy} claim={claim} least={least} readOnly={readOnly} />
          ))}
        </tbody>
      </table>
    </div>
  );
};

/** Who contains whom, as a picture in words. */
const Ladder = () => (
  <ol class="ladder" aria-label={t('rules_ladder')}>
    <Step role="public" />
    <Step role="commerce" />
    <li>
      <span class="ladder-fork">
        <span>{roleWords('financial')}</span>
        <span>{roleWords('medical')}</span>
      </span>
    </li>
    <Step role="identity" />
    <Step role="trusted_agent" />
  </ol>
);

const Step = ({ role }: { role: Role }) => (
  <li>
    <span class="ladder-step">{roleWords(role)}</span>
  </li>
);

/** Whom a fact takes at least: "Anyone" where it takes no trust. */
const leastWords = (role: Role): string => (role === 'public' ? t('rules_facts_anyone') : roleWords(role));

const Row = ({ policy, claim, least, readOnly }: { policy: Policy; claim: string; least: Role; readOnly: boolean }) => {
  const { busy, error, run } = useAction();
  const own = policy.set.claim_roles ?? {};
  const role = own[claim] ?? least;
  const isOwn = own[claim] !== undefined && own[claim] !== least;
  const title = asStart(claimTitle(claim, policy.names));
  const set = (next: Role) =>
    run(async () => {
      const others = Object.fromEntries(Object.entries(own).filter(([other]) => other !== claim));
      await ask('policy.setRoles', { claimRoles: next === least ? others : { ...others, [claim]: next } });
    });
  return (
    <tr>
      <th scope="row">
        <bdi dir="auto">{title}</bdi>
        <span class="mono small soft facts-key">{claim}</span>
      </th>
      <td>
        <div class="row">
          <select
            class="input"
            aria-label={t('rules_facts_least_of', title)}
            disabled={readOnly}
            aria-busy={busy}
            value={role}
            onChange={({ currentTarget }) => set(ROLES[currentTarget.selectedIndex] ?? least)}
          >
            {ROLES.map((one) => (
              <option key={one} value={one}>
                {leastWords(one)}
              </option>
            ))}
          </select>
          {isOwn && !readOnly && (
            <button
              type="button"
              class="icon-button"
              aria-label={t('rules_facts_reset', title, leastWords(least))}
              title={t('rules_facts_reset', title, leastWords(least))}
              onClick={() => set(least)}
            >
              <Icon name="reload" size={16} />
            </button>
          )}
        </div>
        <Problem error={error} />
      </td>
    </tr>
  );
};
