import type { VaultReader } from '../../vault/index.ts';
import type { PolicySet, Rule } from '../engine/index.ts';
import { usesOf } from './uses.ts';

/**
 * Ids of permits that were for one subject alone and are used up: they fire no more. For `analyse`.
 * @throws SignetError vault_damaged
 */
export async function usedUpRules(reader: VaultReader, { rules }: PolicySet): Promise<ReadonlySet<string>> {
  const ended = await Promise.all(rules.map(async (rule) => ((await isUsedUp(reader, rule)) ? [rule.id] : [])));
  return new Set(ended.flat());
}

async function isUsedUp(reader: VaultReader, { id, subject, obligations }: Rule): Promise<boolean> {
  const only = 'site' in subject ? subject.site : 'agent' in subject ? subject.agent : undefined;
  if (only === undefined || obligations?.max_uses === undefined) return false;
  return (await usesOf(reader, id, only)).uses >= obligations.max_uses;
}
