/**
 * What our own pages (popup, consent, app) may ask of the worker: every route with its request and its response.
 * The page API has a table of its own (lib/provider); the two cannot be confused because they are separate.
 * Every value is JSON. Times are milliseconds since the epoch unless a name says otherwise.
 */

import type { AgentAsker, AgentCallView, AgentLimitsView, AgentView, HostView, PairingView } from './agent-views.ts';
import type { Explanation, PolicyRequest, PolicySet, Role, RoleGiven, Rule, Verdict } from '../policy/engine/index.ts';

export type * from './agent-views.ts';

/** A small picture the person chose at onboarding; shown beside every unlock field, readable by no page. */
export interface Mark {
  /** Name of one of the shapes in components/mark.tsx. */
  readonly shape: string;
  /** Name of one of the colours in components/mark.tsx. */
  readonly colour: string;
}

/** `newer`: a newer Signet wrote it, and said that this one cannot read it. */
export type VaultState = 'none' | 'locked' | 'unlocked' | 'damaged' | 'newer';

/** What shows that the person is there: the password, or what a passkey's PRF gave (32 bytes, base64url). */
export type Opener =
  { readonly password: string } | { readonly passkey: { readonly id: string; readonly prf: string } };

/** What a page needs to ask a passkey for its PRF output. Says nothing about the vault's content. */
export interface PasskeyHandle {
  /** WebAuthn credential id, base64url. */
  readonly id: string;
  /** PRF salt of this vault, 32 bytes, base64url. */
  readonly salt: string;
}

/** Why an open vault takes no change: a newer Signet wrote it, or the disk is full. */
export type ReadOnly = 'newer' | 'full';

export interface WalletStatus {
  readonly vault: VaultState;
  /** Absent when there is no vault. */
  readonly mark?: Mark;
  /** The person has not yet proven that they wrote the phrase down. False while locked or without a vault. */
  readonly phraseUnconfirmed: boolean;
  /** Requests that wait for the person. */
  readonly waiting: number;
  /** When another password may be tried, if wrong ones were. */
  readonly retryAt?: number;
  /** `base58` id of the vault's identity, while unlocked. */
  readonly signetId?: string;
  /** Passkeys that open this vault: empty when there is none, or no vault. */
  readonly passkeys: readonly PasskeyHandle[];
  /** Present while the open vault takes no change. */
  readonly readOnly?: ReadOnly;
  /** The rows in the database are not those the vault knows (counted at unlock): see Storage. */
  readonly rowsDiffer: boolean;
  /** There is something to lose and no recent backup. False while locked. */
  readonly backupDue: boolean;
}

export type Tier = 1 | 2 | 3;
/** Tier 3 lies in compartments, each under a key of its own. */
export type CompartmentName = 'health' | 'payment' | 'private';
export type AttributeType = 'text' | 'number' | 'date' | 'yes_no';

export interface AttributeView {
  readonly id: string;
  readonly label: string;
  readonly type: AttributeType;
  /** text: any; number: decimal; date: YYYY-MM-DD; yes_no: "true" or "false". Absent at Tier 3: ask to open it. */
  readonly value?: string;
  readonly tier: Tier;
  /** At Tier 3. */
  readonly compartment?: CompartmentName;
  readonly updatedAt: number;
}

export interface IssuerView {
  /** https or loopback origin, the `iss` of the credential; `self`: the person's own word. */
  readonly origin: string;
  /** The issuer's own name for itself, cleaned for display; may be empty. */
  readonly name: string;
  /** Whether somebody the person trusts vouches for it. Without an anchor: false. */
  readonly vouched: boolean;
  /** What the one is called who does. */
  readonly voucher?: string;
  /** What it calls itself in what it signs, where that is not its origin: a DID, or an address with a path. */
  readonly id?: string;
}

/** How a credential fades before it expires: its issuer's wish, which the wallet keeps to. Times in milliseconds. */
export interface DecayView {
  /** After it was received. */
  readonly timeToLive?: number;
  /** How often it can be shown. */
  readonly uses?: number;
  /** How often in any stretch of time, and how many more times in one are let through. */
  readonly rate?: { readonly times: number; readonly within: number; readonly grace: number };
}

/** How far it has faded: `ageing` and `fading` ask for a new one in time; `over` is at its end. */
export type PhaseName = 'fresh' | 'ageing' | 'fading' | 'over';

export interface ClaimView {
  readonly path: readonly (string | number)[];
  /** In words for people: "birth date", "over 21". */
  readonly label: string;
  readonly tier: 1 | 2 | 3;
}

export interface CredentialView {
  readonly id: string;
  readonly name: string;
  readonly vct: string;
  readonly issuer: IssuerView;
  readonly claims: readonly ClaimView[];
  /** Numbers that it commits to, in words: facts about them can be proven without showing them. */
  readonly numbers: readonly string[];
  /** It is one for all sites that shows itself as another each time: there are no copies to use up. */
  readonly unlinkable: boolean;
  /** Seconds since the epoch, as the credential says. */
  readonly issuedAt?: number;
  readonly expiresAt?: number;
  readonly receivedAt: number;
  readonly instancesLeft: number;
  readonly instancesReceived: number;
  /** The last instance was shown at least once: showing it again can be linked. */
  readonly lastReused: boolean;
  readonly state: CredentialStateName;
  /** Absent: it does not fade. */
  readonly decay?: DecayView;
  readonly phase: PhaseName;
  /** Its issuer keeps a list of what was revoked: it can be asked. */
  readonly hasStatus: boolean;
  /** When that was last done. */
  readonly statusAskedAt?: number;
  /** Its type has an address where it may be described. */
  readonly describable: boolean;
  /** What the publisher of its type says of it. */
  readonly type?: TypeView;
  /** Its issuer can be asked for new copies, with no more than a click. */
  readonly renewable: boolean;
  readonly renewedAt?: number;
  /** Renewing takes an opener: claims lie in these compartments. */
  readonly compartments: readonly CompartmentName[];
  /** Its issuer wants to hear what becomes of it. */
  readonly notifies: boolean;
  /** Hosts besides the issuer's that asking it again speaks to: origins. */
  readonly others: readonly string[];
}

/** What the publisher of a type of credentials says of it, cleaned for display. */
export interface TypeView {
  readonly name?: string;
  readonly description?: string;
  /** `#rrggbb`. */
  readonly colour?: string;
  readonly lookedAt: number;
}

/** Whom a certificate vouches for. */
export type VouchesFor = 'issuers' | 'verifiers';

/** What a certificate says, in words cleaned for display. */
export interface CertificateView {
  /** base64url SHA-256 of it. */
  readonly id: string;
  readonly subject: string;
  readonly issuer: string;
  /** SHA-256, as people compare it. */
  readonly fingerprint: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Something that a certificate vouches for now. */
export interface VouchedView {
  /** Of the credential. */
  readonly id: string;
  readonly name: string;
}

/** A certificate that the person trusts. */
export interface AnchorView extends CertificateView {
  readonly name: string;
  readonly vouchesFor: readonly VouchesFor[];
  /** Types of credentials that it is for; absent: any. */
  readonly types?: readonly string[];
  /** Its time is not now: it vouches for nobody. */
  readonly outOfTime: boolean;
  readonly credentials: readonly VouchedView[];
}

/** One that the person put there. */
export interface OwnAnchorView extends AnchorView {
  readonly since: number;
}

export interface TrustListView {
  readonly id: string;
  readonly name: string;
  readonly address?: string;
  /** Thumbprint of the key that signs it; absent: it is not signed. */
  readonly signer?: string;
  readonly since: number;
  readonly lookedAt: number;
  readonly anchors: readonly AnchorView[];
}

/** What a file or a text holds that might be trusted. Nothing is changed by looking. */
export type TrustReview =
  | {
      readonly kind: 'certificates';
      readonly certificates: readonly (CertificateView & {
        /** base64 of DER. */
        readonly certificate: string;
        /** Why it cannot be trusted, in words. */
        readonly problem?: string;
        /** What it is called, where the person trusts it already. */
        readonly known?: string;
      })[];
    }
  | {
      readonly kind: 'list';
      /** The list as it came: taking it in names it once more. */
      readonly text: string;
      readonly name: string;
      readonly address?: string;
      readonly signer?: string;
      readonly anchors: readonly (CertificateView & {
        readonly name: string;
        readonly vouchesFor: readonly VouchesFor[];
        readonly types?: readonly string[];
      })[];
      /** What cannot be used of it, and why, in words. */
      readonly leftOut: readonly { readonly name: string; readonly problem: string }[];
      /** Of a list that was taken in before: its id, and names of those that are not on it any more. */
      readonly replaces?: { readonly id: string; readonly removed: readonly string[]; readonly added: number };
    };

/** `suspended`: its issuer calls no copy that is left valid, which may pass. The last three are ends. */
export type CredentialStateName = 'active' | 'presented' | 'suspended' | 'consumed' | 'expired' | 'revoked';

export interface AuditEntryView {
  readonly seq: number;
  readonly time: number;
  readonly kind: string;
  /** The site or issuer origin, or a label's place holder; empty where there is none. */
  readonly subject: string;
  readonly claims: readonly string[];
  readonly decision: 'PERMIT' | 'DENY' | 'ANOMALY' | '';
  /** Ids of the rules that matched. */
  readonly rules: readonly string[];
  /** The hash of the policy set that was in force. */
  readonly policy: string;
}

/** What to look for in the log; everything given must match. Texts are compared without case, as parts of the whole. */
export interface AuditFilter {
  /** Site or issuer. */
  readonly site?: string;
  readonly kinds?: readonly string[];
  /** Part of a claim's name, as people write it or as standards do: `birth date` finds `birth_date` and `birthdate`. */
  readonly claim?: string;
  readonly decision?: AuditEntryView['decision'];
  /** Inclusive, milliseconds since the epoch. */
  readonly from?: number;
  readonly to?: number;
}

/** A signed statement of the log's size and root. */
export interface CheckpointView {
  readonly size: number;
  /** base64 RFC 6962 root hash. */
  readonly root: string;
  readonly time: number;
}

/** What verifying the log found first. */
export interface AuditProblem {
  readonly seq: number;
  readonly kind: 'edited' | 'reordered' | 'gap' | 'truncated' | 'rolled_back' | 'unreadable';
  readonly message: string;
}

/** One fact that leaves with a proof, in words, with its value where it is not a plain yes. */
export interface FactView {
  /** The claim's name in rules (`claimKey`). */
  readonly claim: string;
  readonly label: string;
  readonly value?: string;
  /** A derived yes/no (true) or a disclosed value (false). */
  readonly derived: boolean;
}

/**
 * Whether the site could recognise the person next time. `single_use`: not by this site alone. `reused`: by the copy,
 * which was shown before. `identifying`: by what is told, whatever the copy. `unlinkable`: not even by the issuer and
 * the site together. `same_key`: by this site, which sees the same key each time; no other site sees that key.
 */
export type Linkability = 'single_use' | 'reused' | 'identifying' | 'unlinkable' | 'same_key';

/** Why the person is asked: each in a form that the window puts into words. */
export type AskReason =
  | { readonly kind: 'no_rule' }
  | {
      readonly kind: 'ask_rule' | 'indeterminate';
      readonly rules: readonly string[];
      readonly missing: readonly string[];
    }
  | { readonly kind: 'role'; readonly label: string; readonly role: Role; readonly least: Role }
  /** What the bounds told before and this one tell together, where it is about an age: `from` inclusive, `below` exclusive. */
  | {
      readonly kind: 'bound';
      readonly label: string;
      readonly told: readonly string[];
      readonly from?: number;
      readonly below?: number;
    }
  | {
      readonly kind: 'obligation';
      readonly which: 'max_uses' | 'rate' | 'ask_again_after' | 'require_presence' | 'mask';
    }
  | { readonly kind: 'restored' };

/** A permission that the person gives beyond this once: becomes a rule for exactly this site. */
export interface GrantOrder {
  /** By `claimKey`: some or all of the claims of the plan. */
  readonly claims: readonly string[];
  /** Milliseconds since the epoch; absent: until the person says otherwise. */
  readonly until?: number;
  readonly maxUses?: number;
  readonly rate?: { readonly times: number; readonly seconds: number };
}

/** Something the site asks for and does not need; it goes with the proof only if the person takes it in. */
export interface ExtraView {
  /** Names it in this request. */
  readonly id: string;
  readonly label: string;
  readonly included: boolean;
}

export interface PlanView {
  /** base64url SHA-256 of everything shown; approving names it, so what was shown is what is signed. */
  readonly digest: string;
  readonly credentials: readonly {
    readonly credentialId: string;
    readonly name: string;
    readonly issuer: IssuerView;
    readonly expiresAt?: number;
    readonly instancesLeft: number;
  }[];
  /** What they will learn. */
  readonly learn: readonly FactView[];
  /** What goes with every proof of this credential: type, issuer, validity. In words, label and value. */
  readonly alsoSent: readonly { readonly label: string; readonly value: string }[];
  /** Labels of what the credential holds and they will not learn. */
  readonly hidden: readonly string[];
  readonly linkability: Linkability;
  /** What the issuer put alike into every copy, by which sites could put them together: names. Empty: nothing. */
  readonly linkable: readonly string[];
  /** In which form it goes out. */
  readonly format: string;
  /** Why the person is asked, the weightiest first. */
  readonly why: readonly AskReason[];
  readonly extras: readonly ExtraView[];
  /** Compartments that have to be opened for it: approving takes an opener, and no grant covers it. Empty: none. */
  readonly compartments: readonly CompartmentName[];
  /** The copy may have been used before a backup was restored. */
  readonly maybeUsed: boolean;
  /** After this use: how many single-use copies remain, where that is worth telling (3 or fewer). */
  readonly fewLeft?: number;
  /** What will be sent, for people who want to see it raw: JSON, indented. */
  readonly raw: string;
}

/** What is known of whatever waits. */
export interface WaitingBase {
  readonly requestId: string;
  /** Of an agent's request: who it says that the answer is for; empty where it is for the agent alone. */
  readonly origin: string;
  /** The agent that asks. Absent: no agent does. */
  readonly agent?: AgentAsker;
  readonly askedAt: number;
  readonly expiresAt: number;
  /** 1-based place in the queue, and its length. */
  readonly position: number;
  readonly total: number;
  /** How many of them are of this site, this one included. */
  readonly ofThisSite: number;
}

/**
 * Who made a request by OpenID4VP, as far as it shows. `vouched`: somebody the person trusts vouches for it; while the
 * vault is locked nobody is known to.
 */
export type VerifierView =
  | { readonly kind: 'unsigned' }
  | {
      readonly kind: 'certificate';
      /** Of the certificate's subject; may be empty. */
      readonly name: string;
      /** DNS names that the certificate is for. */
      readonly names: readonly string[];
      readonly issuer: string;
      readonly vouched: boolean;
    }
  | { readonly kind: 'did'; readonly did: string }
  | { readonly kind: 'attested'; readonly name: string; readonly attester: string; readonly vouched: boolean }
  | { readonly kind: 'redirect_uri'; readonly uri: string };

/** What a proof authorises beside proving something (OpenID4VP 1.0 §8.4). Every text is the verifier's. */
export type TransactionView =
  | {
      readonly type: 'payment';
      /** Major units, a decimal string. */
      readonly amount: string;
      /** ISO 4217. */
      readonly currency: string;
      readonly payee: string;
    }
  | { readonly type: 'text'; readonly text: string };

/** What is attested of the verifier, or what it says of itself (OpenID4VP 1.0 §5.11, `verifier_info`). */
export interface VerifierInfoView {
  readonly format: string;
  /** Its text, or its JSON, indented. */
  readonly text: string;
  /** Who attests it, in words; only where that was checked. */
  readonly by?: string;
}

export interface ProofWaiting extends WaitingBase {
  readonly kind: 'proof';
  /** Which way it came. Absent: by `window.signet`. */
  readonly by?: 'digital_credentials' | 'link';
  /** Of a link: the origin that the request came from, where that is not the one its answer goes to. */
  readonly from?: string;
  /** Empty where the request has no room for one. */
  readonly purpose: string;
  /** What is asked, in words, known before the vault is open. */
  readonly asked: readonly string[];
  /** Of a request by OpenID4VP; absent as long as it is not known who made it. */
  readonly verifier?: VerifierView;
  readonly verifierInfo?: readonly VerifierInfoView[];
  readonly transactions?: readonly TransactionView[];
  /** Whether the answer goes out encrypted to the verifier; absent where that is no question. */
  readonly encrypted?: boolean;
  /** The person may hand it to another wallet. */
  readonly otherWallet?: boolean;
  readonly state:
    | { readonly step: 'no_vault' }
    | { readonly step: 'locked' }
    /** These hosts have to be asked before it shows who asks: going on asks them. Nothing was fetched. */
    | { readonly step: 'look_up'; readonly hosts: readonly string[] }
    /** The first plan is the least disclosing one. */
    | { readonly step: 'ready'; readonly plans: readonly PlanView[] }
    /** Nothing to offer: what is missing, in words, and issuers the site says it accepts. */
    | { readonly step: 'nothing'; readonly missing: readonly string[]; readonly issuers: readonly string[] }
    /** The vault could not be read: why, in words. */
    | { readonly step: 'failed'; readonly message: string };
}

/** One kind of credential in an offer. */
export interface OfferedView {
  /** Names it in this offer. */
  readonly id: string;
  /** The issuer's name for it, in the person's language. */
  readonly name: string;
  /** What it holds, in the issuer's words or in ours. */
  readonly claims: readonly string[];
  /** Copies to ask for. */
  readonly copies: number;
  /** It is one for all sites that shows itself as another each time, and names no holder. */
  readonly unlinkable: boolean;
  /** Absent: it does not fade before it expires. */
  readonly decay?: DecayView;
  /** Compartments that its claims go into: accepting it takes an opener. Empty: none. */
  readonly compartments: readonly CompartmentName[];
}

/** What an offer is at that takes its time. */
export type OfferStage = 'discover' | 'sign_in' | 'token' | 'request' | 'check' | 'store';

export interface OfferWaiting extends WaitingBase {
  readonly kind: 'offer';
  /** The issuer's origin, from the call alone. */
  readonly issuer: string;
  /** Which way it came, where no site handed it over. */
  readonly by?: 'link';
  /** The person may hand it to another wallet. */
  readonly otherWallet?: boolean;
  readonly state:
    | { readonly step: 'no_vault' }
    | { readonly step: 'locked' }
    /** Step one: none of these hosts was asked anything yet, but the issuer where `further` says so. Origins. */
    | { readonly step: 'ask'; readonly hosts: readonly string[]; readonly further: boolean }
    /** Under way; `of` how many, where they are counted. */
    | { readonly step: 'working'; readonly stage: OfferStage; readonly done: number; readonly of: number }
    /** Step two: what is offered. */
    | {
        readonly step: 'review';
        readonly digest: string;
        readonly issuerName: string;
        readonly vouched: boolean;
        /** What the one is called who vouches for it. */
        readonly voucher?: string;
        /** Hosts besides the issuer's that accepting speaks to: origins. */
        readonly others: readonly string[];
        /** At least one; the person picks. */
        readonly credentials: readonly OfferedView[];
        /** What is offered besides and Signet cannot take: why, in words. */
        readonly unsupported: readonly { readonly name: string; readonly why: string }[];
        /**
         * How the issuer knows that it is the person: by a code in the offer, or by signing in, at this origin, in the
         * browser. `granted`: it knows, and accepting takes what was chosen then.
         */
        readonly by:
          | { readonly kind: 'code' }
          | { readonly kind: 'sign_in'; readonly at: string }
          | { readonly kind: 'granted'; readonly chosen: readonly string[] };
        readonly transactionCode?: {
          readonly numeric: boolean;
          readonly length?: number;
          readonly description?: string;
        };
      }
    | { readonly step: 'failed'; readonly message: string };
}

/** A credential that its issuer has promised and not delivered yet. */
export interface PromisedView {
  readonly id: string;
  readonly name: string;
  readonly issuer: IssuerView;
  readonly promisedAt: number;
  /** When the issuer is asked next; absent when it is asked no more by itself. */
  readonly askAt?: number;
  readonly lastAskedAt?: number;
  /** `opener`: it takes the password or a passkey to take it. `failed`: it will not come. */
  readonly state: 'waiting' | 'opener' | 'failed';
  /** Why it failed, in words. */
  readonly message?: string;
  /** The credential that it brings new copies of. */
  readonly renews?: string;
}

/** The person wants to see one Tier 3 record of their own. */
export interface OpenWaiting extends WaitingBase {
  readonly kind: 'open';
  readonly label: string;
  readonly compartment: CompartmentName;
  readonly state: { readonly step: 'locked' } | { readonly step: 'ask' };
}

/** An agent wants to keep something, to list what there is, or to draw a conclusion, and may not without the person. */
export interface AgentCallWaiting extends WaitingBase {
  readonly kind: 'agent';
  readonly state:
    | { readonly step: 'locked' }
    | ({ readonly step: 'ask' } & AgentCallView)
    | { readonly step: 'failed'; readonly message: string };
}

/** A limit of the person's on what may be given away, and how it stands. Amounts in major units, as decimal strings. */
export interface LimitView {
  readonly currency: string;
  /** Of one token, or of all in a day or a month, which begin at midnight UTC. */
  readonly per: 'token' | 'day' | 'month';
  readonly amount: string;
  /** The one origin that it is about; absent: all together. */
  readonly audience?: string;
}

export interface LimitStandingView {
  readonly limit: LimitView;
  readonly spent: string;
  readonly left: string;
  /** Counts as full because a backup was put back, until its day or month is over or the limits are saved once more. */
  readonly restored: boolean;
}

/** An authority's standing permission that a token can be shown with. */
export interface StandingView {
  /** The `jti` of the offer. */
  readonly id: string;
  /** Origin. */
  readonly authority: string;
  readonly grants: readonly GrantView[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What an authority lets the person's tokens do. */
export interface GrantView {
  readonly permissions: readonly string[];
  /** The most that one token may be made for: major units. Absent: no money. */
  readonly amount?: string;
  readonly currency?: string;
  /** Origins; absent: anywhere. */
  readonly audiences?: readonly string[];
  /** It sets a policy besides: its source. */
  readonly policy?: string;
}

/** What a token would say; known from the call alone, before the vault is open. */
export interface CapabilityTermsView {
  /** The site's own word for what it allows. */
  readonly kind: string;
  /** The most that all uses together may take: major units, as a decimal string. Absent: no money moves. */
  readonly amount?: string;
  readonly currency?: string;
  readonly oneTime: boolean;
  /** A budget, spent in steps of so much. */
  readonly unit?: string;
  /** Seconds from the person's yes. */
  readonly lifetime: number;
  /** No key is bound to it: whoever has a copy can use it. */
  readonly bearer: boolean;
  /** The merchant will sign receipts. */
  readonly receipts: boolean;
  /** No new token: units of the budget that the site holds already. */
  readonly release: boolean;
}

export interface CapabilityPlanView {
  /** base64url SHA-256 of everything shown; approving names it. */
  readonly digest: string;
  /** What can be shown with the token, the fitting ones alone; the first is taken unless the person chooses otherwise. */
  readonly standings: readonly StandingView[];
  /** The person's limits that it would count against, as they stand before it. */
  readonly limits: readonly LimitStandingView[];
  readonly why: readonly AskReason[];
  /** What will be signed, but for its id and times: JSON, indented. */
  readonly raw: string;
}

/** A site, or later an agent, wants to be allowed to do something, mostly to take money. */
export interface CapabilityWaiting extends WaitingBase {
  readonly kind: 'capability';
  readonly purpose: string;
  readonly terms: CapabilityTermsView;
  readonly state:
    | { readonly step: 'no_vault' }
    | { readonly step: 'locked' }
    | { readonly step: 'ready'; readonly plan: CapabilityPlanView }
    | { readonly step: 'failed'; readonly message: string };
}

/** An authority offers a standing permission. */
export interface AuthorityWaiting extends WaitingBase {
  readonly kind: 'authority';
  /** The authority's origin, from the offer. */
  readonly authority: string;
  readonly state:
    | { readonly step: 'no_vault' }
    | { readonly step: 'locked' }
    /** The person does not trust this authority yet: going on asks it for its keys. Nothing was fetched. */
    | { readonly step: 'ask' }
    | {
        readonly step: 'review';
        readonly digest: string;
        readonly grants: readonly GrantView[];
        readonly expiresAt: number;
        /** It is on the person's list; otherwise accepting puts it there. */
        readonly trusted: boolean;
        /** PASERK ids of its keys. */
        readonly keys: readonly string[];
        /** PASERK ids of others who stand by the offer. */
        readonly coSigners: readonly string[];
      }
    | { readonly step: 'failed'; readonly message: string };
}

/** A merchant hands over a receipt while the vault is locked: it is kept as soon as that is open. */
export interface ReceiptWaiting extends WaitingBase {
  readonly kind: 'receipt';
  readonly state: { readonly step: 'no_vault' } | { readonly step: 'locked' };
}

/** What the person allowed by a link is on its way to whoever asked: what became of it. */
export interface DeliveryWaiting extends WaitingBase {
  readonly kind: 'delivery';
  readonly state:
    | { readonly step: 'sending' }
    /** Signet was interrupted before it began. */
    | { readonly step: 'unsent'; readonly again: boolean }
    /** `back`: where the site wants the person to go on; opened only by a press of a button. */
    | { readonly step: 'arrived'; readonly back?: string }
    /** The site refused it: why, in words. `again`: it can still be sent once more, unchanged. */
    | { readonly step: 'refused'; readonly message: string; readonly again: boolean }
    /** No answer came: it may have arrived or not. */
    | { readonly step: 'unknown'; readonly again: boolean };
}

/** What a link or QR code says of itself, before anybody is asked anything. Nothing in it is believed. */
export interface LinkView {
  readonly kind: 'proof' | 'offer';
  /** Who is asked first if the person goes on; or, where the link holds everything, who gets the answer. */
  readonly origin: string;
  /** Whether going on asks that origin anything. */
  readonly fetches: boolean;
}

export type Waiting =
  | ProofWaiting
  | DeliveryWaiting
  | OfferWaiting
  | OpenWaiting
  | CapabilityWaiting
  | AuthorityWaiting
  | ReceiptWaiting
  | AgentCallWaiting;

/** What a merchant signed for what it took. */
export interface ReceiptView {
  /** Major units. */
  readonly amount: string;
  readonly currency: string;
  readonly at: number;
  /** The merchant's own words for what it was for; may be empty. */
  readonly items: string;
  /** As it was signed, for whoever wants to show it. */
  readonly raw: string;
}

/** A token that was released. */
export interface CapabilityView {
  /** Its `jti`. */
  readonly id: string;
  readonly audience: string;
  readonly purpose: string;
  readonly terms: CapabilityTermsView;
  readonly releasedAt: number;
  readonly expiresAt: number;
  /**
   * `active`: may still be used. `used`: a one-time token with a receipt, or a budget spent to its end. `returned`: the
   * merchant says it was not used. `revoked`: the person said so; see `worksUntil`.
   */
  readonly state: 'active' | 'used' | 'returned' | 'expired' | 'revoked';
  readonly revokedAt?: number;
  /** Until when a token that is already with a merchant who checks offline works, though it was revoked. */
  readonly worksUntil?: number;
  /** Major units: of a budget, what was released; else what receipts say. Absent where no money moves. */
  readonly spent?: string;
  /** Major units: what could still be taken, as far as the wallet knows. */
  readonly remaining?: string;
  /** What the merchant gave back. */
  readonly returned?: string;
  /** The authority that it was shown with. */
  readonly authority?: string;
  readonly receipts: readonly ReceiptView[];
}

/** An authority's offer that came in. */
export interface AuthorityView extends StandingView {
  readonly state: 'accepted' | 'rejected' | 'expired' | 'revoked';
  readonly since: number;
}

export interface TrustedAuthorityView {
  /** Origin. */
  readonly authority: string;
  /** PASERK ids. */
  readonly keys: readonly string[];
  readonly since: number;
}

export interface RuleView {
  readonly rule: Rule;
  readonly uses: number;
  readonly lastUsedAt?: number;
  /** Its time is over, or its uses are used up: it permits nothing any more. */
  readonly ended: boolean;
}

/** What trying a rule against past decisions shows. */
export interface SimulationView {
  /** How many decisions were tried. */
  readonly tried: number;
  /** Of them, those the rule would have turned out otherwise, newest first, at most 50. */
  readonly changed: readonly {
    readonly seq: number;
    readonly time: number;
    readonly subject: string;
    readonly claim: string;
    readonly was: Verdict;
    readonly would: Verdict;
  }[];
  readonly permits: number;
  readonly denies: number;
  readonly asks: number;
}

/** Something about the rules that the person may want to tidy up. */
export interface AnalysisNote {
  readonly kind: 'never_fires' | 'covered_by_deny' | 'duplicate';
  readonly rule: string;
  /** The rule that covers it or that it repeats. */
  readonly other?: string;
}

export interface PolicyVersionView {
  readonly version: number;
  readonly hash: string;
  readonly savedAt: number;
  readonly rules: number;
}

export interface PolicyDiff {
  readonly added: readonly Rule[];
  readonly removed: readonly Rule[];
  readonly changed: readonly { readonly before: Rule; readonly after: Rule }[];
  /** Roles or least roles differ. */
  readonly roles: boolean;
}

/** What a site knows, and what it may do. */
export interface SiteView {
  /** Origin, or an agent's id. */
  readonly subject: string;
  readonly role: Role;
  readonly roleBy: 'explicit' | 'credential' | 'domain' | 'default';
  readonly firstAt: number;
  readonly lastAt: number;
  readonly learned: readonly {
    readonly claim: string;
    readonly label: string;
    readonly format: string;
    readonly times: number;
    readonly lastAt: number;
  }[];
  /** Ids of permits and denials for exactly this site. */
  readonly permits: readonly string[];
  readonly denials: readonly string[];
  /** It is not listened to until then, because of too many requests in a row that were denied. */
  readonly mutedUntil?: number;
}

/** Answers of the person that agree: the app may suggest a rule, and nothing is applied by itself. */
export interface SuggestionView {
  readonly id: string;
  readonly subject: string;
  readonly claim: string;
  readonly label: string;
  readonly allowed: number;
  readonly denied: number;
  readonly since: number;
  /** The rule that would be made. */
  readonly rule: Rule;
}

export interface Settings {
  /** Minutes without use before the vault locks. */
  readonly autoLockMinutes: number;
  /** A decoy beside every row. */
  readonly decoys: boolean;
}

/** The Digital Credentials API: for the browser as a whole, whichever vault is in it and whether it is open. */
export interface DigitalSettings {
  readonly on: boolean;
  /** How many sites use another wallet because the person said so. */
  readonly otherWalletSites: number;
}

/** How the person is asked when they are elsewhere (see `NotifySettings`). */
export interface ElsewhereSettings {
  readonly webhook?: {
    readonly url: string;
    readonly tells: 'nothing' | 'names';
    /** By a secret that the server has too (Standard Webhooks `v1`), or by a key of Signet's own (`v1a`). Default: as it was. */
    readonly signedBy?: 'secret' | 'key';
  };
  /** `publicKey`: Ed25519, base64url of 32 bytes. `tier3`: whether names of Tier 3 are told. */
  readonly answers?: { readonly publicKey: string; readonly url?: string; readonly tier3: boolean };
}

/** The settings, and how it goes. */
export interface ElsewhereView extends ElsewhereSettings {
  /** `publicKey`: `whpk_…` of a key of Signet's own. `rotatingUntil`: until when an old one signs too. Absent: there is none. */
  readonly secret?: { readonly publicKey?: string; readonly rotatingUntil?: number };
  readonly breaker: { readonly state: 'closed' | 'open' | 'half_open' | 'gone'; readonly until?: number };
  readonly last?: { readonly at: number; readonly outcome: DeliveryOutcome };
}

/** What webhooks are signed with from now on: a secret, which is shown this once, or the public half of a key. */
export type NewSigner =
  { readonly secret: string; readonly publicKey?: never } | { readonly publicKey: string; readonly secret?: never };

export type DeliveryOutcome = 'delivered' | 'gone' | 'redirected' | 'failed';

export interface PasskeyView {
  readonly id: string;
  readonly name: string;
  readonly addedAt: number;
}

export interface CompartmentView {
  readonly name: CompartmentName;
  readonly records: number;
  /** Backups made since it came to be, which still hold it: milliseconds since the epoch, newest first. */
  readonly backups: readonly number[];
}

/** One row as anyone with the database sees it. */
export interface RowView {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** Bytes. */
  readonly size: number;
  /** The first bytes of the value, hexadecimal. */
  readonly start: string;
}

/** What walking every row found. */
export interface IntegrityReport {
  readonly rows: number;
  readonly missing: number;
  readonly altered: number;
  /** Rows that this vault did not write, or had deleted. */
  readonly strangers: number;
}

/** What a backup file says once its passphrase opened it. */
export interface BackupReport {
  readonly madeAt: number;
  readonly records: number;
  readonly credentials: number;
  readonly compartments: readonly CompartmentName[];
  /** Tier 3 that was left out when it was made. */
  readonly withoutTier3: boolean;
  readonly checkpoint: CheckpointView;
  /** Whether it is of the vault that is here; absent while that is locked or there is none. */
  readonly sameVault?: boolean;
  /** Where the log of the vault here stands, if it is the same vault and open. */
  readonly here?: CheckpointView;
}

/** What a restore did beyond putting records back. */
export interface RestoreReport {
  readonly records: number;
  readonly backup: CheckpointView;
  /** The state that was replaced, if it was of the same vault and could be read. */
  readonly replaced?: CheckpointView;
  /** Credentials whose copies now count as possibly used. */
  readonly maybeUsed: number;
  /** Compartments that the replaced log says were erased, and that stayed erased. */
  readonly keptErased: readonly CompartmentName[];
  /** Opened by the words: what was Tier 2 hangs on the password of that time and is not in the restored vault. */
  readonly tier2Lost?: boolean;
}

export interface RecoveryReport {
  /** What is wrong, in words. */
  readonly problem: string;
  /** What can still be read. */
  readonly header: boolean;
  readonly records: number;
}

/** Route → [request, response]. */
export interface OwnRoutes {
  'wallet.status': [Record<string, never>, WalletStatus];
  'wallet.create': [{ readonly password: string; readonly mark: Mark }, { readonly words: readonly string[] }];
  /** On an empty profile: brings back keys and identity. With `eraseExisting`, first erases the vault that is there. */
  'wallet.restore': [
    { readonly phrase: string; readonly password: string; readonly mark: Mark; readonly eraseExisting: boolean },
    Record<string, never>,
  ];
  /** Forgot password: the words of this vault, a new password; rows stay, Tier 2 is gone. */
  'wallet.resetPassword': [{ readonly phrase: string; readonly password: string }, Record<string, never>];
  'wallet.changePassword': [{ readonly current: Opener; readonly next: string }, Record<string, never>];
  'wallet.unlock': [Opener, Record<string, never>];
  'wallet.lock': [Record<string, never>, Record<string, never>];
  'wallet.revealPhrase': [Opener, { readonly words: readonly string[] }];
  /** The person gave three words back; the app, which showed the phrase, checked them. Ends the reminder. */
  'wallet.confirmPhrase': [Record<string, never>, Record<string, never>];
  'wallet.erase': [{ readonly confirm: 'erase' }, Record<string, never>];
  /** New words, a new password, everything re-sealed under new keys; the old vault is gone after it. */
  'wallet.move': [
    { readonly opener: Opener; readonly password: string; readonly mark?: Mark },
    { readonly words: readonly string[] },
  ];
  'passkeys.list': [Record<string, never>, { readonly passkeys: readonly PasskeyView[] }];
  /** What `navigator.credentials.create` needs: both 32 bytes, base64url. Works while unlocked. */
  'passkeys.prepare': [Record<string, never>, { readonly salt: string; readonly userId: string }];
  'passkeys.add': [
    { readonly opener: Opener; readonly id: string; readonly prf: string; readonly name: string },
    { readonly passkeys: readonly PasskeyView[] },
  ];
  'passkeys.remove': [{ readonly id: string }, { readonly passkeys: readonly PasskeyView[] }];
  'compartments.list': [Record<string, never>, { readonly compartments: readonly CompartmentView[] }];
  'compartments.erase': [{ readonly name: CompartmentName; readonly confirm: 'erase' }, Record<string, never>];
  /** Extends the auto-lock deadline: sent by our pages on the person's input, at most every 30 s. */
  'wallet.touch': [Record<string, never>, Record<string, never>];
  'settings.get': [Record<string, never>, Settings];
  'settings.set': [Settings, Settings];
  /** `unreadable`: records of attributes that are missing or altered; the rest is there. */
  'elsewhere.get': [Record<string, never>, ElsewhereView];
  /** Settings in place of those that stand. What is new to sign with: nothing where what stood still does. */
  'elsewhere.set': [{ readonly opener: Opener; readonly settings: ElsewhereSettings }, Partial<NewSigner>];
  /** Another secret, or key, for the webhook. `dropOld`: the old one signs no more, instead of for a day. */
  'elsewhere.rotate': [{ readonly opener: Opener; readonly dropOld: boolean }, NewSigner];
  'elsewhere.test': [Record<string, never>, { readonly outcome: DeliveryOutcome }];
  'digital.get': [Record<string, never>, DigitalSettings];
  /** Whether calls of the Digital Credentials API come to Signet at all. */
  'digital.turn': [{ readonly on: boolean }, DigitalSettings];
  /** Sites that were to use another wallet come to Signet again. */
  'digital.forgetSites': [Record<string, never>, DigitalSettings];
  'attributes.list': [
    Record<string, never>,
    { readonly attributes: readonly AttributeView[]; readonly unreadable?: number },
  ];
  /** Without `id`: a new one. */
  'attributes.save': [
    {
      readonly id?: string;
      readonly label: string;
      readonly type: AttributeType;
      readonly value: string;
      readonly tier: Tier;
      /** At Tier 3, with an opener. */
      readonly compartment?: CompartmentName;
      readonly opener?: Opener;
    },
    AttributeView,
  ];
  /** Puts a Tier 3 attribute before the person in the consent window, which asks for an opener. */
  'attributes.open': [{ readonly id: string }, Record<string, never>];
  'attributes.delete': [{ readonly id: string }, Record<string, never>];
  'credentials.list': [Record<string, never>, { readonly credentials: readonly CredentialView[] }];
  /** `tell`: the issuer is told first; where it cannot be, nothing is deleted. */
  'credentials.delete': [{ readonly id: string; readonly tell?: boolean }, Record<string, never>];
  /** Asks the issuer for new copies in the place of those that are left. `promised`: it will deliver later. */
  'credentials.renew': [
    { readonly id: string; readonly opener?: Opener },
    { readonly credentials: number; readonly promised: boolean },
  ];
  /** What issuers have promised and not delivered. */
  'issuance.list': [Record<string, never>, { readonly promised: readonly PromisedView[] }];
  /** The person asks the issuer now. `arrived`: it came and is stored. */
  'issuance.ask': [{ readonly id: string; readonly opener?: Opener }, { readonly arrived: boolean }];
  /** Asks no more, and forgets that it was promised. */
  'issuance.stop': [{ readonly id: string }, Record<string, never>];
  /** Fetches the issuer's list, because the person asked to. */
  'credentials.checkStatus': [{ readonly id: string }, { readonly state: CredentialStateName }];
  /** Fetches what the publisher of its type says of it, because the person asked to. */
  'credentials.describe': [{ readonly id: string }, Record<string, never>];
  /** Newest first; `before` is exclusive. `next`: the `before` to go on with; absent at the end. */
  'audit.list': [
    { readonly before?: number; readonly limit: number; readonly filter?: AuditFilter },
    { readonly entries: readonly AuditEntryView[]; readonly total: number; readonly next?: number },
  ];
  /** One stretch of verifying. Begin without `id`; go on with it until `done`. A worker that died starts anew. */
  'audit.verify': [
    { readonly id?: string },
    {
      readonly id: string;
      readonly checked: number;
      readonly total: number;
      readonly done: boolean;
      readonly problem?: AuditProblem;
      readonly checkpoint?: CheckpointView;
    },
  ];
  /** One stretch of the log as JSONL, oldest first; `next`: the `from` to go on with; absent after the checkpoint. */
  'audit.export': [{ readonly from: number; readonly to?: number }, { readonly text: string; readonly next?: number }];
  /** One entry with its inclusion proof: a C2SP tlog-proof that carries the entry. */
  'audit.exportEntry': [{ readonly seq: number }, { readonly text: string; readonly name: string }];
  /** Deletes the entries before `before`, whose place a checkpoint takes. */
  'audit.prune': [{ readonly before: number; readonly confirm: 'prune' }, Record<string, never>];
  /** The rows as the database has them, in the order of their keys; `after` is exclusive. */
  'storage.rows': [
    { readonly after?: string; readonly limit: number },
    { readonly rows: readonly RowView[]; readonly total: number; readonly bytes: number },
  ];
  /** Where a record of this name is kept: the id only this vault can compute, and its rows if there is one. */
  'storage.locate': [
    { readonly label: string; readonly index: number },
    { readonly recordId: string; readonly rows: readonly string[] },
  ];
  /** One stretch of walking every row. Begin without `id`; go on with it until there is a report. */
  'storage.check': [
    { readonly id?: string },
    { readonly id: string; readonly checked: number; readonly total: number; readonly report?: IntegrityReport },
  ];
  /** Removes rows that are not the vault's. */
  'storage.clean': [Record<string, never>, IntegrityReport];
  /** Makes a backup and keeps it in the worker until every chunk was fetched. */
  'backup.make': [
    { readonly passphrase: string; readonly tier3: boolean },
    { readonly id: string; readonly chunks: number; readonly bytes: number; readonly name: string },
  ];
  /** base64, at most 1 MB. */
  'backup.chunk': [{ readonly id: string; readonly index: number }, { readonly data: string }];
  /** The person saved the file: the reminder ends, the log says that there is such a backup. */
  'backup.saved': [{ readonly id: string }, Record<string, never>];
  /** Brings a backup file into the worker, piece by piece. Nothing is changed. */
  'restore.begin': [{ readonly bytes: number }, { readonly id: string }];
  'restore.chunk': [{ readonly id: string; readonly index: number; readonly data: string }, Record<string, never>];
  /** Opens the whole file and says what it holds: the rehearsal. Nothing is changed. */
  'restore.rehearse': [{ readonly id: string; readonly passphrase: string }, BackupReport];
  /** `opener`: the vault's password at the time of the backup, or its words with a new password. */
  'restore.commit': [
    {
      readonly id: string;
      readonly passphrase: string;
      readonly opener: { readonly password: string } | { readonly phrase: string; readonly password: string };
      readonly mark?: Mark;
      readonly eraseExisting: boolean;
    },
    RestoreReport,
  ];
  /** What a link says of itself. Nobody is asked anything. */
  'links.look': [{ readonly link: string }, LinkView];
  /** The person goes on with a link: whoever it names is asked, and what they want is put before the person. */
  'links.open': [{ readonly link: string }, Record<string, never>];
  /** Sends an answer by a link once more, unchanged, while it is fresh. */
  'requests.sendAgain': [{ readonly requestId: string }, Record<string, never>];
  /** The oldest request alone: the window shows one at a time, `total` says how many wait. */
  'requests.list': [Record<string, never>, { readonly waiting: readonly Waiting[] }];
  /** The consent window says that the person sees this request: closing the window denies it. */
  'requests.shown': [{ readonly requestId: string }, Record<string, never>];
  /** Opens or focuses the consent window. */
  'requests.show': [Record<string, never>, Record<string, never>];
  /** `never`: besides, a rule: what it asks for now (`claims`), or whatever it asks (`site`), is denied from now on. */
  'requests.deny': [
    {
      readonly requestId: string;
      readonly never?: 'claims' | 'site';
      /** Of a request by a link: whoever asks is told that the answer is no. */
      readonly tell?: true;
    },
    Record<string, never>,
  ];
  /** Denies everything that waits of the site that this request is of. */
  'requests.denySite': [{ readonly requestId: string }, { readonly denied: number }];
  /** The person lets the wallet ask the hosts of a `look_up`. */
  'requests.continueProof': [{ readonly requestId: string }, Record<string, never>];
  /** Hands a call of the Digital Credentials API to another wallet. `always`: whatever this site asks by that API. */
  'requests.otherWallet': [{ readonly requestId: string; readonly always: boolean }, Record<string, never>];
  /** The ways to answer with these extras taken in, and no others. @see ExtraView */
  'requests.narrow': [
    { readonly requestId: string; readonly extras: readonly string[] },
    { readonly plans: readonly PlanView[] },
  ];
  'requests.allowProof': [
    {
      readonly requestId: string;
      readonly digest: string;
      readonly extras?: readonly string[];
      readonly always?: GrantOrder;
      readonly opener?: Opener;
    },
    Record<string, never>,
  ];
  /** The person's yes to what an agent wants. `compartment` and `opener`: of what is kept at Tier 3. */
  'requests.allowAgentCall': [
    {
      readonly requestId: string;
      readonly digest: string;
      readonly compartment?: CompartmentName;
      readonly opener?: Opener;
    },
    Record<string, never>,
  ];
  /** Every agent that was paired, revoked ones among them, the last paired first. `stopped`: none is listened to. */
  'agents.list': [
    Record<string, never>,
    { readonly agents: readonly AgentView[]; readonly stopped: boolean; readonly host: HostView },
  ];
  /** Lets one program show itself within five minutes. An opening before it ends. @see PairingView */
  'agents.pairing.start': [Record<string, never>, PairingView & { readonly host: HostView }];
  /** Ask again when `agents` has changed. */
  'agents.pairing.state': [Record<string, never>, PairingView & { readonly host: HostView }];
  /** The digits are the same: the agent is made, of this name and with these limits. */
  'agents.pairing.confirm': [
    { readonly digits: string; readonly name: string; readonly role: Role; readonly limits: AgentLimitsView },
    { readonly id: string },
  ];
  /** The digits differ, or the person thinks better of it. */
  'agents.pairing.cancel': [Record<string, never>, Record<string, never>];
  /**
   * Starts the extension anew, so that what the browser granted works; the pairing goes on afterwards. The vault is
   * locked by it, and what waits is lost: `waiting` says how much, and nothing happens until `lose` says that this is
   * known.
   */
  'agents.reload': [{ readonly lose: boolean }, { readonly waiting: number }];
  'agents.rename': [{ readonly id: string; readonly name: string }, Record<string, never>];
  /** In the place of its role and limits. */
  'agents.limit': [
    { readonly id: string; readonly role: Role; readonly limits: AgentLimitsView },
    Record<string, never>,
  ];
  /** What waits of it is denied. */
  'agents.pause': [{ readonly id: string }, Record<string, never>];
  'agents.resume': [{ readonly id: string }, Record<string, never>];
  /** For good: it is remembered, and this key is never paired again. */
  'agents.revoke': [{ readonly id: string }, Record<string, never>];
  /** One switch for all of them, those to come too. */
  'agents.stopAll': [Record<string, never>, Record<string, never>];
  'agents.startAll': [Record<string, never>, Record<string, never>];
  'policy.get': [
    Record<string, never>,
    {
      readonly version: number;
      readonly hash: string;
      readonly set: PolicySet;
      readonly rules: readonly RuleView[];
      /** Default least roles by `claimKey`, for the claims that the vault or the catalogue knows. */
      readonly defaults: readonly { readonly claim: string; readonly label: string; readonly least: Role }[];
      /** Records of answers or uses that were altered, and set aside. */
      readonly setAside: number;
    },
  ];
  /** Makes a rule, or changes the one of this id; `unlock`: a locked one too. The rule is read by its schema. */
  'policy.saveRule': [{ readonly rule: object; readonly unlock?: boolean }, { readonly id: string }];
  'policy.deleteRule': [{ readonly id: string; readonly unlock?: boolean }, Record<string, never>];
  'policy.setRoles': [
    { readonly roles?: readonly RoleGiven[]; readonly claimRoles?: Readonly<Record<string, Role>> },
    Record<string, never>,
  ];
  'policy.simulate': [{ readonly rule: object; readonly last: number }, SimulationView];
  'policy.analyse': [Record<string, never>, { readonly notes: readonly AnalysisNote[] }];
  'policy.versions': [Record<string, never>, { readonly versions: readonly PolicyVersionView[] }];
  'policy.diff': [{ readonly from: number; readonly to: number }, PolicyDiff];
  /** Makes an earlier version the newest; locked rules stay. */
  'policy.bringBack': [{ readonly version: number }, { readonly version: number }];
  'policy.export': [{ readonly form: 'json' | 'cedar' }, { readonly text: string; readonly name: string }];
  /** What an exported set would change; with `digest` of that, changes it. Locked rules are never loosened by it. */
  'policy.import': [
    { readonly text: string; readonly digest?: string },
    {
      readonly digest: string;
      readonly diff: PolicyDiff;
      readonly signedBy: 'this_vault' | 'another' | 'nobody';
      readonly applied: boolean;
    },
  ];
  /** A decision about a made-up request with the rules in force: what the playground shows. Nothing is counted or logged. */
  'policy.explain': [{ readonly request: PolicyRequest }, Explanation];
  'sites.list': [Record<string, never>, { readonly sites: readonly SiteView[] }];
  /** By the person, or nothing any more. `covers`: this site, or every site of its registrable domain. */
  'sites.setRole': [
    { readonly subject: string; readonly role: Role | null; readonly domain?: string },
    Record<string, never>,
  ];
  /** Every standing permit for exactly this site ends. Denials stay. */
  'sites.revoke': [{ readonly subject: string }, Record<string, never>];
  'sites.unmute': [{ readonly subject: string }, Record<string, never>];
  'patterns.list': [Record<string, never>, { readonly suggestions: readonly SuggestionView[] }];
  'patterns.dismiss': [{ readonly id: string }, Record<string, never>];
  /** Opens the Tier 3 record that waits, for as long as its window is open. */
  'requests.openRecord': [
    { readonly requestId: string; readonly opener: Opener },
    { readonly label: string; readonly type: AttributeType; readonly value: string },
  ];
  /** Step one of an offer: the person lets the wallet talk to the issuer. */
  'requests.continueOffer': [{ readonly requestId: string }, Record<string, never>];
  /** The person wants these, and goes to sign in: in a page of ours, at this address (see `signInAt`). */
  'requests.signIn': [
    { readonly requestId: string; readonly digest: string; readonly chosen?: readonly string[] },
    { readonly url: string },
  ];
  /** They were sent back to this address. */
  'requests.signedIn': [{ readonly requestId: string; readonly address: string }, Record<string, never>];
  /** `chosen`: ids of `OfferedView`; absent: all. */
  'requests.acceptOffer': [
    {
      readonly requestId: string;
      readonly digest: string;
      readonly chosen?: readonly string[];
      readonly transactionCode?: string;
      readonly opener?: Opener;
    },
    { readonly credentials: number; readonly promised: readonly PromisedView[] },
  ];
  /** The person's yes to a capability. `standing`: what to show with it; `none`: nothing. */
  'requests.allowCapability': [
    { readonly requestId: string; readonly digest: string; readonly standing?: string },
    Record<string, never>,
  ];
  /** Step one of an authority's offer: the person lets the wallet ask the authority for its keys. */
  'requests.continueAuthority': [{ readonly requestId: string }, Record<string, never>];
  'requests.acceptAuthority': [{ readonly requestId: string; readonly digest: string }, Record<string, never>];
  'capabilities.list': [Record<string, never>, { readonly capabilities: readonly CapabilityView[] }];
  /** No further units from now; says until when what is out works. */
  'capabilities.revoke': [{ readonly id: string }, CapabilityView];
  /** Forgets one that has ended, its receipts too. What it took stays counted. */
  'capabilities.forget': [{ readonly id: string }, Record<string, never>];
  'limits.get': [Record<string, never>, { readonly limits: readonly LimitStandingView[] }];
  /** In place of those that stand. */
  'limits.save': [{ readonly limits: readonly LimitView[] }, { readonly limits: readonly LimitStandingView[] }];
  'authorities.list': [
    Record<string, never>,
    { readonly offers: readonly AuthorityView[]; readonly trusted: readonly TrustedAuthorityView[] },
  ];
  /** The person gives an accepted offer up: nothing is shown under it any more. */
  'authorities.giveUp': [{ readonly id: string }, Record<string, never>];
  /** Its offers that stand are given up too. */
  'authorities.distrust': [{ readonly authority: string }, Record<string, never>];
  'trust.list': [
    Record<string, never>,
    { readonly anchors: readonly OwnAnchorView[]; readonly lists: readonly TrustListView[] },
  ];
  /** What is in a file (base64): certificates, or a trust list. */
  'trust.review': [{ readonly file: string }, TrustReview];
  /** Fetches a trust list, because the person asked to: from an address, or the one that a list came from. */
  'trust.fetch': [{ readonly address: string } | { readonly id: string }, TrustReview];
  /** Trusts certificates (base64 of DER) from now on. */
  'trust.add': [
    {
      readonly certificates: readonly { readonly certificate: string; readonly name: string }[];
      readonly vouchesFor: readonly VouchesFor[];
    },
    Record<string, never>,
  ];
  'trust.remove': [{ readonly id: string }, Record<string, never>];
  /** Takes a list in, as it was reviewed; `id`: in the place of that one. */
  'trust.takeList': [{ readonly text: string; readonly address?: string; readonly id?: string }, Record<string, never>];
  'trust.removeList': [{ readonly id: string }, Record<string, never>];
  'recovery.report': [Record<string, never>, RecoveryReport];
  /** The raw rows, for safe keeping: a JSON document with base64 values, all still sealed. */
  'recovery.download': [Record<string, never>, { readonly json: string }];
}

export type OwnRoute = keyof OwnRoutes;
export type OwnRequest<R extends OwnRoute> = OwnRoutes[R][0];
export type OwnResponse<R extends OwnRoute> = OwnRoutes[R][1];

/** Posted on the BroadcastChannel `signet` of our own origin: something changed, ask again. */
export interface Changed {
  readonly changed:
    'status' | 'requests' | 'credentials' | 'attributes' | 'audit' | 'policy' | 'capabilities' | 'trust' | 'agents';
}
