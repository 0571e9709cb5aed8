import type { AuditKind } from '../lib/audit/index.ts';
import type { AuditEntryView } from '../lib/messaging/index.ts';
import type { MessageKey } from '../lib/platform/index.ts';
import type { IconName } from './icon.tsx';

/** What an entry is about, as a person would look for it. */
export const AUDIT_GROUPS = [
  'learned',
  'asked',
  'spending',
  'agents',
  'rules',
  'credentials',
  'data',
  'opening',
  'vault',
] as const;
export type AuditGroup = (typeof AUDIT_GROUPS)[number];

/** Every kind of audit entry: its sentence (`$1` the site or issuer, `$2` the claims), its icon, what it is about. */
const KINDS = {
  'vault.created': ['audit_vault_created', 'safe', 'vault'],
  'vault.restored': ['audit_vault_restored', 'safe', 'vault'],
  'vault.unlocked': ['audit_vault_unlocked', 'lock', 'opening'],
  'vault.unlock_failed': ['audit_vault_unlock_failed', 'warn', 'opening'],
  'vault.locked': ['audit_vault_locked', 'lock', 'opening'],
  'vault.password_changed': ['audit_vault_password_changed', 'settings', 'opening'],
  'vault.password_reset': ['audit_vault_password_reset', 'warn', 'opening'],
  'vault.phrase_shown': ['audit_vault_phrase_shown', 'eye', 'opening'],
  'vault.phrase_confirmed': ['audit_vault_phrase_confirmed', 'safe', 'opening'],
  'vault.passkey_added': ['audit_vault_passkey_added', 'key', 'opening'],
  'vault.passkey_removed': ['audit_vault_passkey_removed', 'trash', 'opening'],
  'vault.moved': ['audit_vault_moved', 'safe', 'vault'],
  'vault.anchor_missing': ['audit_vault_anchor_missing', 'harm', 'vault'],
  'vault.header_recovered': ['audit_vault_header_recovered', 'warn', 'vault'],
  'vault.rows_differ': ['audit_vault_rows_differ', 'warn', 'vault'],
  'compartment.made': ['audit_compartment_made', 'lock', 'data'],
  'compartment.opened': ['audit_compartment_opened', 'eye', 'data'],
  'compartment.erased': ['audit_compartment_erased', 'trash', 'data'],
  'backup.made': ['audit_backup_made', 'download', 'vault'],
  'backup.restored': ['audit_backup_restored', 'warn', 'vault'],
  'log.checked': ['audit_log_checked', 'safe', 'vault'],
  'log.exported': ['audit_log_exported', 'download', 'vault'],
  'log.pruned': ['audit_log_pruned', 'trash', 'vault'],
  'settings.changed': ['audit_settings_changed', 'settings', 'vault'],
  'attribute.added': ['audit_attribute_added', 'data', 'data'],
  'attribute.changed': ['audit_attribute_changed', 'data', 'data'],
  'attribute.deleted': ['audit_attribute_deleted', 'trash', 'data'],
  'credential.received': ['audit_credential_received', 'card', 'credentials'],
  'credential.refused': ['audit_credential_refused', 'warn', 'credentials'],
  'credential.deleted': ['audit_credential_deleted', 'trash', 'credentials'],
  'credential.checked': ['audit_credential_checked', 'check', 'credentials'],
  'credential.revoked': ['audit_credential_revoked', 'harm', 'credentials'],
  'credential.check_failed': ['audit_credential_check_failed', 'warn', 'credentials'],
  'credential.described': ['audit_credential_described', 'card', 'credentials'],
  'trust.added': ['audit_trust_added', 'shield', 'credentials'],
  'trust.removed': ['audit_trust_removed', 'x', 'credentials'],
  'trust.list_taken': ['audit_trust_list_taken', 'shield', 'credentials'],
  'trust.list_removed': ['audit_trust_list_removed', 'x', 'credentials'],
  'credential.promised': ['audit_credential_promised', 'card', 'credentials'],
  'credential.asked': ['audit_credential_asked', 'check', 'credentials'],
  'credential.ask_failed': ['audit_credential_ask_failed', 'warn', 'credentials'],
  'credential.given_up': ['audit_credential_given_up', 'trash', 'credentials'],
  'credential.renewed': ['audit_credential_renewed', 'card', 'credentials'],
  'inbox.dropped': ['audit_inbox_dropped', 'warn', 'vault'],
  'proof.allowed': ['audit_proof_allowed', 'check', 'learned'],
  'proof.denied': ['audit_proof_denied', 'x', 'asked'],
  'proof.refused': ['audit_proof_refused', 'shield', 'asked'],
  'proof.failed': ['audit_proof_failed', 'warn', 'asked'],
  'proof.undelivered': ['audit_proof_undelivered', 'warn', 'asked'],
  'proof.nothing': ['audit_proof_nothing', 'x', 'asked'],
  'proof.ended': ['audit_proof_ended', 'x', 'asked'],
  'proof.elsewhere': ['audit_proof_elsewhere', 'open', 'asked'],
  'offer.denied': ['audit_offer_denied', 'x', 'asked'],
  'offer.ended': ['audit_offer_ended', 'x', 'asked'],
  'offer.elsewhere': ['audit_offer_elsewhere', 'open', 'asked'],
  'offer.failed': ['audit_offer_failed', 'warn', 'asked'],
  'capability.released': ['audit_capability_released', 'ticket', 'spending'],
  'capability.denied': ['audit_capability_denied', 'x', 'asked'],
  'capability.refused': ['audit_capability_refused', 'shield', 'asked'],
  'capability.ended': ['audit_capability_ended', 'x', 'asked'],
  'capability.units': ['audit_capability_units', 'ticket', 'spending'],
  'capability.revoked': ['audit_capability_revoked', 'x', 'spending'],
  'capability.receipt': ['audit_capability_receipt', 'receipt', 'spending'],
  'capability.returned': ['audit_capability_returned', 'receipt', 'spending'],
  'capability.forgotten': ['audit_capability_forgotten', 'trash', 'spending'],
  'authority.accepted': ['audit_authority_accepted', 'landmark', 'spending'],
  'authority.rejected': ['audit_authority_rejected', 'x', 'asked'],
  'authority.revoked': ['audit_authority_revoked', 'x', 'spending'],
  'authority.ended': ['audit_authority_ended', 'x', 'spending'],
  'limits.changed': ['audit_limits_changed', 'scales', 'spending'],
  'rule.saved': ['audit_rule_saved', 'rules', 'rules'],
  'rule.deleted': ['audit_rule_deleted', 'trash', 'rules'],
  'policy.imported': ['audit_policy_imported', 'rules', 'rules'],
  'policy.brought_back': ['audit_policy_brought_back', 'history', 'rules'],
  'policy.exported': ['audit_policy_exported', 'download', 'rules'],
  'policy.roles_changed': ['audit_policy_roles_changed', 'rules', 'rules'],
  'site.disconnected': ['audit_site_disconnected', 'x', 'rules'],
  'site.revoked': ['audit_site_revoked', 'x', 'rules'],
  'site.muted': ['audit_site_muted', 'mute', 'rules'],
  'site.unmuted': ['audit_site_unmuted', 'site', 'rules'],
  'pattern.set_aside': ['audit_pattern_set_aside', 'harm', 'rules'],
  'pattern.dismissed': ['audit_pattern_dismissed', 'x', 'rules'],
  'agent.paired': ['audit_agent_paired', 'bot', 'agents'],
  'agent.changed': ['audit_agent_changed', 'bot', 'agents'],
  'agent.paused': ['audit_agent_paused', 'pause', 'agents'],
  'agent.resumed': ['audit_agent_resumed', 'bot', 'agents'],
  'agent.revoked': ['audit_agent_revoked', 'x', 'agents'],
  'agents.stopped': ['audit_agents_stopped', 'pause', 'agents'],
  'agents.started': ['audit_agents_started', 'bot', 'agents'],
  'agent.store_data': ['audit_agent_store', 'data', 'agents'],
  'agent.list_data': ['audit_agent_list', 'eye', 'agents'],
  'agent.get_proof': ['audit_agent_proof', 'check', 'agents'],
  'agent.query': ['audit_agent_query', 'check', 'agents'],
  'agent.request_capability': ['audit_agent_capability', 'ticket', 'agents'],
  'agent.negotiate_context': ['audit_agent_negotiate', 'bot', 'agents'],
  'agent.check_status': ['audit_agent_status', 'bot', 'agents'],
  'agent.allowed': ['audit_agent_allowed', 'check', 'agents'],
  'agent.denied': ['audit_agent_denied', 'x', 'agents'],
  'agent.ended': ['audit_agent_ended', 'x', 'agents'],
  'elsewhere.changed': ['audit_elsewhere_changed', 'rules', 'agents'],
  'elsewhere.asked': ['audit_elsewhere_asked', 'open', 'agents'],
  'elsewhere.allowed': ['audit_elsewhere_allowed', 'check', 'agents'],
  'elsewhere.denied': ['audit_elsewhere_denied', 'x', 'agents'],
  'elsewhere.refused': ['audit_elsewhere_refused', 'warn', 'agents'],
} as const satisfies Record<AuditKind, readonly [MessageKey, IconName, AuditGroup]>;

export const auditKinds = Object.keys(KINDS) as AuditKind[]; // the keys of a literal

/** The kinds of entry that are about one thing. */
export const kindsOf = (group: AuditGroup): readonly AuditKind[] =>
  auditKinds.filter((kind) => KINDS[kind][2] === group);

export interface AuditWords {
  readonly key: MessageKey;
  readonly icon: IconName;
}

/** Sentences that name claims, as they are where an entry names none. */
const WITHOUT_CLAIMS: { readonly [K in MessageKey]?: MessageKey } = {
  audit_proof_allowed: 'audit_proof_allowed_only',
  audit_proof_denied: 'audit_proof_denied_only',
  audit_proof_refused: 'audit_proof_refused_only',
  audit_proof_failed: 'audit_proof_failed_only',
  audit_capability_released: 'audit_capability_released_only',
  audit_capability_denied: 'audit_capability_denied_only',
  audit_capability_refused: 'audit_capability_refused_only',
  audit_capability_ended: 'audit_capability_ended_only',
  audit_capability_units: 'audit_capability_units_only',
  audit_capability_revoked: 'audit_capability_revoked_only',
  audit_capability_receipt: 'audit_capability_receipt_only',
  audit_capability_returned: 'audit_capability_returned_only',
  audit_capability_forgotten: 'audit_capability_forgotten_only',
  audit_agent_allowed: 'audit_agent_allowed_only',
  audit_agent_store: 'audit_agent_asked_only',
  audit_agent_store_no: 'audit_agent_refused_only',
  audit_agent_store_ask: 'audit_agent_asked_only',
  audit_agent_proof: 'audit_agent_proof_only',
  audit_agent_proof_no: 'audit_agent_proof_no_only',
  audit_agent_proof_ask: 'audit_agent_proof_ask_only',
  audit_agent_query: 'audit_agent_asked_only',
  audit_agent_query_no: 'audit_agent_refused_only',
  audit_agent_query_ask: 'audit_agent_asked_only',
  audit_agent_capability: 'audit_agent_asked_only',
  audit_agent_capability_no: 'audit_agent_refused_only',
  audit_agent_capability_ask: 'audit_agent_asked_only',
  audit_agent_negotiate: 'audit_agent_asked_only',
};

/** Tools' sentences, as they are where a call was refused, or put before the person. */
const NOT_PERMITTED: {
  readonly [K in MessageKey]?: { readonly DENY: MessageKey; readonly ANOMALY: MessageKey };
} = {
  audit_agent_store: { DENY: 'audit_agent_store_no', ANOMALY: 'audit_agent_store_ask' },
  audit_agent_list: { DENY: 'audit_agent_list_no', ANOMALY: 'audit_agent_list_ask' },
  audit_agent_proof: { DENY: 'audit_agent_proof_no', ANOMALY: 'audit_agent_proof_ask' },
  audit_agent_query: { DENY: 'audit_agent_query_no', ANOMALY: 'audit_agent_query_ask' },
  audit_agent_capability: { DENY: 'audit_agent_capability_no', ANOMALY: 'audit_agent_capability_ask' },
  audit_agent_negotiate: { DENY: 'audit_agent_refused_only', ANOMALY: 'audit_agent_negotiate' },
  audit_agent_status: { DENY: 'audit_agent_refused_only', ANOMALY: 'audit_agent_status' },
};

/** Sentences that need no site, as they are where an entry names one. */
const WITH_SITE: { readonly [K in MessageKey]?: MessageKey } = {
  audit_rule_saved: 'audit_rule_saved_for',
  audit_rule_deleted: 'audit_rule_deleted_for',
  audit_policy_roles_changed: 'audit_policy_roles_changed_for',
  audit_pattern_dismissed: 'audit_pattern_dismissed_for',
};

/** The sentence and icon of an entry. A kind from a newer Signet gets a sentence that names it. */
export function auditWords(
  entry: Pick<AuditEntryView, 'kind' | 'claims' | 'subject'> & Partial<Pick<AuditEntryView, 'decision'>>,
): AuditWords {
  if (!Object.hasOwn(KINDS, entry.kind)) return { key: 'audit_other', icon: 'info' };
  const [permitted, usual] = KINDS[entry.kind as AuditKind]; // just checked
  const { decision } = entry;
  const stopped = decision === 'DENY' || decision === 'ANOMALY' ? NOT_PERMITTED[permitted]?.[decision] : undefined;
  const key = stopped ?? permitted;
  const icon = stopped === undefined ? usual : decision === 'DENY' ? 'shield' : 'ask';
  const without = entry.claims.length === 0 ? WITHOUT_CLAIMS[key] : undefined;
  const withSite = URL.canParse(entry.subject) ? WITH_SITE[key] : undefined;
  return { key: without ?? withSite ?? key, icon };
}

const COMPARTMENTS = {
  health: 'compartment_health',
  payment: 'compartment_payment',
  private: 'compartment_private',
} as const satisfies Record<string, MessageKey>;

/** The name of the compartment that an entry is about; its subject is `<name>.<id>`. Undefined where it is about none. */
export function compartmentIn(entry: Pick<AuditEntryView, 'kind' | 'subject'>): MessageKey | undefined {
  if (!entry.kind.startsWith('compartment.')) return undefined;
  const name = entry.subject.split('.')[0] ?? '';
  return Object.hasOwn(COMPARTMENTS, name) ? COMPARTMENTS[name as keyof typeof COMPARTMENTS] : undefined; // just checked
}

/** Tools by which an agent gets or leaves something. The others ask what would be, or how it stands. */
const AGENT_ASKS: ReadonlySet<string> = new Set([
  'agent.store_data',
  'agent.list_data',
  'agent.get_proof',
  'agent.query',
  'agent.request_capability',
  'agent.allowed',
] satisfies AuditKind[]);

/** Whether an entry tells of something a site learned, or an agent asked: what the popup lists. */
export const isDisclosure = ({ kind }: Pick<AuditEntryView, 'kind'>): boolean =>
  kind === 'proof.allowed' || AGENT_ASKS.has(kind);

/** Whether an entry's subject is an agent, by its id. */
export const isOfAgent = ({ kind }: Pick<AuditEntryView, 'kind'>): boolean =>
  /^agent\.|^elsewhere\.(?!changed$)/.test(kind);

/** The kinds of entry that tell of a call of an agent's: what it asked. */
export const AGENT_CALLS: readonly AuditKind[] = auditKinds.filter(
  (kind) => NOT_PERMITTED[KINDS[kind][0]] !== undefined,
);

/** Whether what an entry names are words of the site's own, to be quoted, and no claims about the person. */
export const isOfSitesWords = ({ kind }: Pick<AuditEntryView, 'kind'>): boolean =>
  kind.startsWith('capability.') || kind === 'agent.request_capability';

/** Whether a rule of the person's answered, without asking. */
export const isByRule = ({ decision, rules }: Pick<AuditEntryView, 'decision' | 'rules'>): boolean =>
  decision === 'PERMIT' && rules.length > 0;

/** Who decided what an entry tells of: the person's rules, the person, or a mute. Undefined where nobody did. */
export function decisionWords(entry: Pick<AuditEntryView, 'kind' | 'decision' | 'rules'>): MessageKey | undefined {
  if (entry.kind === 'proof.failed') return undefined; // it was allowed, and could not be made
  const ruled = entry.rules.length > 0;
  switch (entry.decision) {
    case 'PERMIT':
      if (ruled) return 'activity_decision_permit';
      return isOfAgent(entry) ? 'audit_decision_agent_allowed' : 'audit_decision_allowed';
    case 'DENY':
      if (ruled) return 'activity_decision_deny';
      if (isOfAgent(entry) && entry.kind !== 'agent.denied') return 'audit_decision_agent_refused';
      if (entry.kind === 'capability.refused') return 'audit_decision_limit';
      return entry.kind === 'proof.refused' ? 'audit_decision_muted' : 'audit_decision_denied';
    case 'ANOMALY':
      return 'activity_decision_anomaly';
    case '':
      return undefined;
  }
}
