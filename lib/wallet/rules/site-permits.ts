import type { AuditKind } from '../../audit/index.ts';
import type { Origin } from '../../core/index.ts';
import type { Format, SitePermission } from '../../provider/types.ts';
import type { PolicySet, Rule } from '../../policy/index.ts';
import { usesOf } from '../../policy/index.ts';
import { openLog } from '../log/open-log.ts';
import { withoutRules } from '../judging/rule-making.ts';
import type { Services } from '../services.ts';

/** Permits for exactly this subject: a site's origin or an agent's id. */
export const permitsOf = ({ rules }: PolicySet, subject: string): readonly Rule[] =>
  rules.filter((rule) => rule.effect === 'permit' && isFor(rule, subject));

/** Whether a rule is for exactly this subject. */
export const isFor = ({ subject: about }: Pick<Rule, 'subject'>, subject: string): boolean =>
  ('site' in about && about.site === subject) || ('agent' in about && about.agent === subject);

/**
 * What a site may prove without a question, as it may know it: its own standing permits. None while the vault is locked
 * or there is none (design §3, rule 9).
 */
export async function sitePermissions(services: Services, origin: Origin): Promise<readonly SitePermission[]> {
  const { keeper, book, quiet, clock } = services;
  if ((await keeper.state()) !== 'unlocked') return [];
  if ((await quiet.neverHears(origin)) || (await quiet.isLeaving(origin))) return [];
  const vault = await keeper.open();
  const now = clock();
  const permissions: SitePermission[] = [];
  for (const rule of permitsOf((await book.current(vault)).set, origin)) {
    if (rule.action !== 'prove' && rule.action !== '*') continue;
    if ((rule.from ?? 0) > now || (rule.until ?? Infinity) <= now) continue;
    const most = rule.obligations?.max_uses;
    const usesLeft = most === undefined ? undefined : most - (await usesOf(vault, rule.id, origin)).uses;
    if (usesLeft !== undefined && usesLeft <= 0) continue;
    const claims = await claimsLeft(services, origin, rule);
    if (claims.length === 0) continue;
    permissions.push({
      claims,
      format: formatOf(rule),
      ...(rule.until === undefined ? {} : { expiresAt: rule.until }),
      ...(usesLeft === undefined ? {} : { usesLeft }),
    });
  }
  return permissions;
}

/** A permit's claims that no "never" takes away again. */
async function claimsLeft({ quiet }: Services, origin: Origin, { claims }: Rule): Promise<readonly string[]> {
  const left: string[] = [];
  for (const claim of claims === '*' ? ['*'] : claims) if (!(await quiet.neverTells(origin, claim))) left.push(claim);
  return left;
}

/** The one format that a permit names; else the one that Signet answers in. */
function formatOf({ when }: Rule): SitePermission['format'] {
  for (const condition of when) {
    if (!('attribute' in condition) || condition.attribute !== 'resource.format' || condition.op !== 'equals') continue;
    const named = FORMATS.find((format) => format === condition.value);
    if (named !== undefined) return named;
  }
  return 'dc+sd-jwt';
}

const FORMATS: readonly Format[] = ['dc+sd-jwt', 'bulletproof', 'bbs', 'bbs+'];

/**
 * A site gives up what it may do without a question. While the vault is locked that is noted beside it, and done when
 * it is opened, before anything is answered. What the person locked stays theirs to end.
 * @throws SignetError storage_failed
 */
export async function disconnectSite(services: Services, origin: Origin): Promise<void> {
  const { keeper, quiet } = services;
  const state = await keeper.state();
  if (state === 'none') return;
  const canWrite = state === 'unlocked' && (await keeper.open()).readOnly === undefined;
  if (!canWrite) {
    await quiet.noteLeaving(origin);
    return;
  }
  await endPermits(services, origin, { kind: 'site.disconnected' });
}

/**
 * Ends the permits for exactly this subject, and logs it; without any nothing happens.
 * @param ended.unlock ends locked ones too: the person says so
 * @returns whether there were any
 * @throws SignetError `locked`, `read_only`, `storage_failed`
 */
export async function endPermits(
  services: Services,
  subject: string,
  { kind, unlock = false }: { readonly kind: AuditKind; readonly unlock?: boolean },
): Promise<boolean> {
  const { book, clock } = services;
  const log = await openLog(services);
  const ended = await log.transact(async (tx) => {
    const permits = permitsOf((await book.current(tx)).set, subject).filter(({ locked }) => unlock || !locked);
    if (permits.length === 0) return false;
    const ids = permits.map(({ id }) => id);
    await book.save(tx, (set) => withoutRules(set, new Set(ids)), { at: clock(), ...(unlock ? { unlock: ids } : {}) });
    await tx.log({ kind, subject, rules: ids });
    return true;
  });
  if (!ended) return false;
  services.desk.forget();
  services.announce('policy');
  services.announce('audit');
  return true;
}
