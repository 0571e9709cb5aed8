import type { SuggestionView } from '../../messaging/contract.ts';
import { dismissSuggestion, setAsideTampered, suggestionsOf } from '../../policy/index.ts';
import { logSetAside } from '../judging/note-answer.ts';
import { openLog } from '../log/open-log.ts';
import type { Services } from '../services.ts';

/**
 * Rules that the person's answers speak for. Nothing is applied. Records of answers that were altered are moved away,
 * and that is logged.
 * @throws SignetError `locked`, `vault_damaged`
 */
export async function listSuggestions(services: Services): Promise<readonly SuggestionView[]> {
  const log = await openLog(services);
  const { compiled } = await services.book.current(log.vault);
  const { suggestions, tampered } = await suggestionsOf(log.vault, { policy: compiled, now: services.clock() });
  if (tampered > 0 && log.vault.readOnly === undefined) {
    await log.transact(async (tx) => logSetAside(tx, await setAsideTampered(tx)));
    services.announce('audit');
  }
  return suggestions;
}

/** Does not suggest it again until the answers turn. @throws SignetError `not_found`, `locked` */
export async function dismiss(services: Services, id: string): Promise<void> {
  const log = await openLog(services);
  const { compiled } = await services.book.current(log.vault);
  await log.transact(async (tx) => {
    const { suggestions } = await suggestionsOf(tx, { policy: compiled, now: services.clock() });
    const dismissed = suggestions.find((suggestion) => suggestion.id === id);
    await logSetAside(tx, await dismissSuggestion(tx, id));
    const about = dismissed === undefined ? {} : { subject: dismissed.subject, claims: [dismissed.claim] };
    await tx.log({ kind: 'pattern.dismissed', ...about });
  });
  services.announce('policy');
  services.announce('audit');
}
