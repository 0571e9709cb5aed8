import * as v from 'valibot';
import { SignetError, isJsonObject } from '../../core/index.ts';
import { filledText, readDomain, readSite } from './fields.ts';
import { parseField } from './parse-field.ts';
import type { ReadOptions } from './read-options.ts';
import { ROLES } from './role.ts';
import type { RuleSubject } from './rule.ts';

const anySubject = v.strictObject({ any: v.literal(true) });
const site = v.strictObject({ site: v.unknown() });
const agent = v.strictObject({ agent: filledText(300) });
const domain = v.strictObject({ domain: v.unknown() });
const role = v.strictObject({ role: v.picklist(ROLES) });
const kind = v.strictObject({ kind: v.picklist(['site', 'agent']) });

/** Who a rule is about. @throws SignetError bad_request naming the field */
export function readSubject(value: unknown, field: string, options: ReadOptions): RuleSubject {
  if (!isJsonObject(value)) throw new SignetError('bad_request', `${field} must be an object.`, { field });
  if ('any' in value) return parseField(anySubject, value, field);
  if ('site' in value) return { site: readSite(parseField(site, value, field).site, `${field}.site`) };
  if ('agent' in value) return parseField(agent, value, field);
  if ('domain' in value) {
    return { domain: readDomain(parseField(domain, value, field).domain, `${field}.domain`, options) };
  }
  if ('role' in value) return parseField(role, value, field);
  if ('kind' in value) return parseField(kind, value, field);
  throw new SignetError('bad_request', `${field} must say whom: site, agent, domain, role, kind or any.`, { field });
}
