import { useContext } from 'preact/hooks';
import { displayText } from '../lib/core/index.ts';
import type { AuditEntryView } from '../lib/messaging/index.ts';
import { t, uiLanguage } from '../lib/platform/index.ts';
import { AgentName } from './agents/agent-mark.tsx';
import { AgentNames } from './agents/agent-names.tsx';
import { auditWords, compartmentIn, isOfAgent, isOfSitesWords } from './audit-words.ts';
import { claimWords } from './claim-words.ts';
import { Origin } from './origin.tsx';
import { Rich } from './rich.tsx';

/** The claims of an entry as one phrase: "that you are over 21 and your name". `more`: a last thing in words. */
export function claimsPhrase(claims: readonly string[], more?: string): string {
  const phrases = claims.map((claim) => {
    const { key, substitutions } = claimWords(displayText(claim, 64));
    return t(key, ...substitutions);
  });
  if (more !== undefined) phrases.push(more);
  // A formatter takes longer to make than all else of an entry, and most have no claims or one.
  if (phrases.length < 2) return phrases[0] ?? '';
  return new Intl.ListFormat(uiLanguage(), { type: 'conjunction' }).format(phrases);
}

/** What an entry is about, as one phrase: claims in words, or the site's own words quoted. */
export const aboutPhrase = ({ kind, claims }: Pick<AuditEntryView, 'kind' | 'claims'>): string =>
  isOfSitesWords({ kind })
    ? claims.map((word) => t('claim_other', displayText(word, 64))).join(' ')
    : claimsPhrase(claims);

/** How much of an id tells an agent from others whose names are not known. */
const ID_SHOWN = 6;

/** The subject as an origin where it is one, or as the agent that it names; otherwise as text. */
const Subject = ({ entry }: { entry: AuditEntryView }) => {
  const agent = useContext(AgentNames).get(entry.subject);
  const compartment = compartmentIn(entry);
  if (compartment !== undefined) return <>{t(compartment)}</>;
  if (agent !== undefined) return <AgentName name={agent} />;
  if (isOfAgent(entry)) return <>{t('agent_by_id', displayText(entry.subject, ID_SHOWN))}</>;
  if (URL.canParse(entry.subject)) return <Origin origin={entry.subject} />;
  return <bdi dir="auto">{displayText(entry.subject === '' ? entry.kind : entry.subject, 80)}</bdi>;
};

/** An audit entry as a sentence. */
export const AuditSentence = ({ entry }: { entry: AuditEntryView }) => (
  <Rich message={auditWords(entry).key} parts={[<Subject entry={entry} />, aboutPhrase(entry)]} />
);
