import { sha256 } from '@noble/hashes/sha2.js';
import { canonicalJsonBytes, toBase64url } from '../core/index.ts';
import type { VaultEventKind } from '../vault/index.ts';
import type { AuditDecision } from './verifying/index.ts';

export type AuditKind =
  | VaultEventKind
  | 'log.exported'
  | 'inbox.dropped'
  | 'attribute.added'
  | 'attribute.changed'
  | 'attribute.deleted'
  | 'credential.received'
  | 'credential.refused'
  | 'credential.deleted'
  | 'credential.checked'
  | 'credential.revoked'
  | 'credential.check_failed'
  | 'credential.promised'
  | 'credential.asked'
  | 'credential.ask_failed'
  | 'credential.given_up'
  | 'credential.renewed'
  | 'proof.allowed'
  | 'proof.denied'
  | 'proof.refused'
  | 'proof.failed'
  | 'proof.undelivered'
  | 'proof.nothing'
  | 'proof.ended'
  | 'proof.elsewhere'
  | 'offer.denied'
  | 'offer.ended'
  | 'offer.elsewhere'
  | 'offer.failed'
  | 'capability.released'
  | 'capability.denied'
  | 'capability.refused'
  | 'capability.ended'
  | 'capability.units'
  | 'capability.revoked'
  | 'capability.receipt'
  | 'capability.returned'
  | 'capability.forgotten'
  | 'authority.accepted'
  | 'authority.rejected'
  | 'authority.revoked'
  | 'authority.ended'
  | 'trust.added'
  | 'trust.removed'
  | 'trust.list_taken'
  | 'trust.list_removed'
  | 'credential.described'
  | 'limits.changed'
  | 'rule.saved'
  | 'rule.deleted'
  | 'policy.imported'
  | 'policy.brought_back'
  | 'policy.exported'
  | 'policy.roles_changed'
  | 'site.disconnected'
  | 'site.revoked'
  | 'site.muted'
  | 'site.unmuted'
  | 'pattern.set_aside'
  | 'pattern.dismissed'
  | 'agent.paired'
  | 'agent.changed'
  | 'agent.paused'
  | 'agent.resumed'
  | 'agent.revoked'
  | 'agents.stopped'
  | 'agents.started'
  /** A call of a tool, and what was decided about it. */
  | 'agent.store_data'
  | 'agent.list_data'
  | 'agent.get_proof'
  | 'agent.query'
  | 'agent.request_capability'
  | 'agent.negotiate_context'
  | 'agent.check_status'
  /** The person said yes to a call that was put before them. */
  | 'agent.allowed'
  /** The person said no to a call. */
  | 'agent.denied'
  /** A call ended before the person answered it. */
  | 'agent.ended'
  /** How the person is asked elsewhere was set. */
  | 'elsewhere.changed'
  /** The person is asked elsewhere what an agent wants. */
  | 'elsewhere.asked'
  /** What they answered there: it counts. */
  | 'elsewhere.allowed'
  | 'elsewhere.denied'
  /** An answer from there counts for nothing. */
  | 'elsewhere.refused';

/** What a caller says about an operation; the log adds the rest. Never a claim's value. */
export interface AuditDraft {
  readonly kind: AuditKind;
  /** The site's or issuer's origin; for `vault.locked` the reason, for `inbox.dropped` how many; else empty. */
  readonly subject?: string;
  /** Names of claims, never values. */
  readonly claims?: readonly string[];
  readonly decision?: AuditDecision;
  /** Ids of the rules that matched. */
  readonly rules?: readonly string[];
  /** base64url salted commitment to what must be provable later. */
  readonly commitment?: string;
  /** Milliseconds since the epoch; default: now. */
  readonly time?: number;
}

/** A draft that says when it happened. */
export type TimedDraft = AuditDraft & { readonly time: number };

/** What a draft says, with nothing left open. */
export function completeDraft(draft: TimedDraft) {
  const { kind, time, subject = '', claims = [], decision = '', rules = [], commitment } = draft;
  const said = { kind, time, subject, claims, decision, rules };
  return commitment === undefined ? said : { ...said, commitment };
}

/** base64url SHA-256 of the canonical JSON of a policy set. */
export const policyHash = (set: unknown): string => toBase64url(sha256(canonicalJsonBytes(set)));

/** The hash of the policy set without a rule. */
export const EMPTY_POLICY_HASH = policyHash({ rules: [], v: 1 });
