import type { AuditKind } from '../lib/audit/index.ts';
import type { AuditEntryView } from '../lib/messaging/index.ts';
import type { MessageKey } from '../lib/platform/index.ts';
import type { IconName } from './icon.tsx';

/** Every kind of audit entry, with its sentence (`$1` the site or issuer, `$2` the claims) and its icon. */
const KINDS = {
  'vault.created': ['audit_vault_created', 'safe'],
  'vault.restored': ['audit_vault_restored', 'safe'],
  'vault.unlocked': ['audit_vault_unlocked', 'lock'],
  'vault.unlock_failed': ['audit_vault_unlock_failed', 'warn'],
  'vault.locked': ['audit_vault_locked', 'lock'],
  'vault.password_changed': ['audit_vault_password_changed', 'settings'],
  'vault.password_reset': ['audit_vault_password_reset', 'warn'],
  'vault.phrase_shown': ['audit_vault_phrase_shown', 'eye'],
  'vault.phrase_confirmed': ['audit_vault_phrase_confirmed', 'safe'],
  'vault.anchor_missing': ['audit_vault_anchor_missing', 'harm'],
  'settings.changed': ['audit_settings_changed', 'settings'],
  'attribute.added': ['audit_attribute_added', 'data'],
  'attribute.changed': ['audit_attribute_changed', 'data'],
  'attribute.deleted': ['audit_attribute_deleted', 'trash'],
  'credential.received': ['audit_credential_received', 'card'],
  'credential.refused': ['audit_credential_refused', 'warn'],
  'credential.deleted': ['audit_credential_deleted', 'trash'],
  'inbox.dropped': ['audit_inbox_dropped', 'warn'],
  'proof.allowed': ['audit_proof_allowed', 'check'],
  'proof.denied': ['audit_proof_denied', 'x'],
  'proof.nothing': ['audit_proof_nothing', 'x'],
  'proof.ended': ['audit_proof_ended', 'x'],
  'offer.denied': ['audit_offer_denied', 'x'],
  'offer.ended': ['audit_offer_ended', 'x'],
  'offer.failed': ['audit_offer_failed', 'warn'],
} as const satisfies Record<AuditKind, readonly [MessageKey, IconName]>;

export const auditKinds = Object.keys(KINDS) as AuditKind[]; // the keys of a literal

export interface AuditWords {
  readonly key: MessageKey;
  readonly icon: IconName;
}

/** The sentence and icon of an entry. A kind from a newer Signet gets a sentence that names it. */
export function auditWords(entry: Pick<AuditEntryView, 'kind' | 'claims'>): AuditWords {
  if (!Object.hasOwn(KINDS, entry.kind)) return { key: 'audit_other', icon: 'info' };
  const [key, icon] = KINDS[entry.kind as AuditKind]; // just checked
  if (key === 'audit_proof_allowed' && entry.claims.length === 0) return { key: 'audit_proof_allowed_only', icon };
  if (key === 'audit_proof_denied' && entry.claims.length === 0) return { key: 'audit_proof_denied_only', icon };
  return { key, icon };
}

/** Whether an entry tells of something a site learned: what the popup lists. */
export const isDisclosure = (entry: Pick<AuditEntryView, 'kind'>): boolean => entry.kind === 'proof.allowed';
