import type { CompiledPolicy, Decision, Standing } from '../../policy/index.ts';
import { loadStanding } from '../../policy/index.ts';
import { NOBODY } from '../../requests/index.ts';
import type { VaultReader } from '../../vault/index.ts';
import type { AskedNow } from './policy-request.ts';

/** Somebody who learns what an answer tells, as decisions see them. */
export interface Party {
  readonly asked: AskedNow;
  readonly standing: Standing;
  /** It can only make the answer narrower: what it may do by itself is no reason to allow it to somebody else. */
  readonly restrictsOnly: boolean;
}

/**
 * Who is party to a request: a page is alone. What an agent fetches for a site is the agent's and the site's: what the
 * person denies the site, wants to be asked about, or what it was told of a number before, holds through an agent too.
 * @throws SignetError vault_damaged
 */
export async function partiesTo(
  reader: VaultReader,
  policy: CompiledPolicy,
  asked: AskedNow,
): Promise<readonly Party[]> {
  const { agent, ...bySite } = asked;
  const load = (subject: string): Promise<Standing> => loadStanding(reader, { policy, subject, now: asked.now });
  const own: Party = { asked, standing: await load(agent ?? asked.origin), restrictsOnly: false };
  if (agent === undefined || asked.origin === NOBODY) return [own];
  return [own, { asked: bySite, standing: await load(asked.origin), restrictsOnly: true }];
}

/** Whether a decision about a party counts. */
export function counts({ restrictsOnly }: Party, { verdict, reason }: Pick<Decision, 'verdict' | 'reason'>): boolean {
  if (!restrictsOnly || verdict === 'DENY') return true;
  return reason === 'ask_rule' || reason === 'indeterminate' || reason === 'bound';
}
