/**
 * What our own pages (popup, consent, app) may ask of the worker: every route with its request and its response.
 * The page API has a table of its own (lib/provider); the two cannot be confused because they are separate.
 * Every value is JSON. Times are milliseconds since the epoch unless a name says otherwise.
 */

/** A small picture the person chose at onboarding; shown beside every unlock field, readable by no page. */
export interface Mark {
  /** Name of one of the shapes in components/mark.tsx. */
  readonly shape: string;
  /** Name of one of the colours in components/mark.tsx. */
  readonly colour: string;
}

export type VaultState = 'none' | 'locked' | 'unlocked' | 'damaged';

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
}

export type Tier = 1 | 2;
export type AttributeType = 'text' | 'number' | 'date' | 'yes_no';

export interface AttributeView {
  readonly id: string;
  readonly label: string;
  readonly type: AttributeType;
  /** text: any; number: decimal; date: YYYY-MM-DD; yes_no: "true" or "false". */
  readonly value: string;
  readonly tier: Tier;
  readonly updatedAt: number;
}

export interface IssuerView {
  /** https or loopback origin, the `iss` of the credential. */
  readonly origin: string;
  /** The issuer's own name for itself, cleaned for display; may be empty. */
  readonly name: string;
  /** Whether somebody the person trusts vouches for it. Without an anchor: false. */
  readonly vouched: boolean;
}

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
  /** Seconds since the epoch, as the credential says. */
  readonly issuedAt?: number;
  readonly expiresAt?: number;
  readonly receivedAt: number;
  readonly instancesLeft: number;
  readonly instancesReceived: number;
  /** The last instance was shown at least once: showing it again can be linked. */
  readonly lastReused: boolean;
}

export interface AuditEntryView {
  readonly seq: number;
  readonly time: number;
  readonly kind: string;
  /** The site or issuer origin, or a label's place holder; empty where there is none. */
  readonly subject: string;
  readonly claims: readonly string[];
  readonly decision: 'PERMIT' | 'DENY' | 'ANOMALY' | '';
}

/** One fact that leaves with a proof, in words, with its value where it is not a plain yes. */
export interface FactView {
  readonly label: string;
  readonly value?: string;
  /** A derived yes/no (true) or a disclosed value (false). */
  readonly derived: boolean;
}

/**
 * Whether the site could recognise the person next time. `single_use`: not by this site alone. `reused`: by the copy,
 * which was shown before. `identifying`: by what is told, whatever the copy.
 */
export type Linkability = 'single_use' | 'reused' | 'identifying';

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
  /** After this use: how many single-use copies remain, where that is worth telling (3 or fewer). */
  readonly fewLeft?: number;
  /** What will be sent, for people who want to see it raw: JSON, indented. */
  readonly raw: string;
}

interface WaitingBase {
  readonly requestId: string;
  readonly origin: string;
  readonly askedAt: number;
  readonly expiresAt: number;
  /** 1-based place in the queue, and its length. */
  readonly position: number;
  readonly total: number;
}

export interface ProofWaiting extends WaitingBase {
  readonly kind: 'proof';
  readonly purpose: string;
  /** What is asked, in words, known before the vault is open. */
  readonly asked: readonly string[];
  readonly state:
    | { readonly step: 'no_vault' }
    | { readonly step: 'locked' }
    /** The first plan is the least disclosing one. */
    | { readonly step: 'ready'; readonly plans: readonly PlanView[] }
    /** Nothing to offer: what is missing, in words, and issuers the site says it accepts. */
    | { readonly step: 'nothing'; readonly missing: readonly string[]; readonly issuers: readonly string[] }
    /** The vault could not be read: why, in words. */
    | { readonly step: 'failed'; readonly message: string };
}

export interface OfferWaiting extends WaitingBase {
  readonly kind: 'offer';
  /** The issuer's origin, from the call alone. */
  readonly issuer: string;
  readonly state:
    | { readonly step: 'no_vault' }
    | { readonly step: 'locked' }
    /** Step one: nothing fetched yet. */
    | { readonly step: 'ask' }
    | { readonly step: 'working' }
    /** Step two: what is offered. */
    | {
        readonly step: 'review';
        readonly digest: string;
        readonly name: string;
        readonly issuerName: string;
        readonly vouched: boolean;
        readonly claims: readonly string[];
        readonly copies: number;
        readonly transactionCode?: {
          readonly numeric: boolean;
          readonly length?: number;
          readonly description?: string;
        };
      }
    | { readonly step: 'failed'; readonly message: string };
}

export type Waiting = ProofWaiting | OfferWaiting;

export interface Settings {
  /** Minutes without use before the vault locks. */
  readonly autoLockMinutes: number;
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
  'wallet.changePassword': [{ readonly current: string; readonly next: string }, Record<string, never>];
  'wallet.unlock': [{ readonly password: string }, Record<string, never>];
  'wallet.lock': [Record<string, never>, Record<string, never>];
  'wallet.revealPhrase': [{ readonly password: string }, { readonly words: readonly string[] }];
  /** The person gave three words back; the app, which showed the phrase, checked them. Ends the reminder. */
  'wallet.confirmPhrase': [Record<string, never>, Record<string, never>];
  'wallet.erase': [{ readonly confirm: 'erase' }, Record<string, never>];
  /** Extends the auto-lock deadline: sent by our pages on the person's input, at most every 30 s. */
  'wallet.touch': [Record<string, never>, Record<string, never>];
  'settings.get': [Record<string, never>, Settings];
  'settings.set': [Settings, Settings];
  'attributes.list': [Record<string, never>, { readonly attributes: readonly AttributeView[] }];
  /** Without `id`: a new one. */
  'attributes.save': [
    {
      readonly id?: string;
      readonly label: string;
      readonly type: AttributeType;
      readonly value: string;
      readonly tier: Tier;
    },
    AttributeView,
  ];
  'attributes.delete': [{ readonly id: string }, Record<string, never>];
  'credentials.list': [Record<string, never>, { readonly credentials: readonly CredentialView[] }];
  'credentials.delete': [{ readonly id: string }, Record<string, never>];
  /** Newest first; `before` is exclusive. */
  'audit.list': [
    { readonly before?: number; readonly limit: number },
    { readonly entries: readonly AuditEntryView[]; readonly total: number },
  ];
  /** The oldest request alone: the window shows one at a time, `total` says how many wait. */
  'requests.list': [Record<string, never>, { readonly waiting: readonly Waiting[] }];
  /** The consent window says that the person sees this request: closing the window denies it. */
  'requests.shown': [{ readonly requestId: string }, Record<string, never>];
  /** Opens or focuses the consent window. */
  'requests.show': [Record<string, never>, Record<string, never>];
  'requests.deny': [{ readonly requestId: string }, Record<string, never>];
  'requests.allowProof': [{ readonly requestId: string; readonly digest: string }, Record<string, never>];
  /** Step one of an offer: the person lets the wallet talk to the issuer. */
  'requests.continueOffer': [{ readonly requestId: string }, Record<string, never>];
  'requests.acceptOffer': [
    { readonly requestId: string; readonly digest: string; readonly transactionCode?: string },
    { readonly credentials: number },
  ];
  'recovery.report': [Record<string, never>, RecoveryReport];
  /** The raw rows, for safe keeping: a JSON document with base64 values, all still sealed. */
  'recovery.download': [Record<string, never>, { readonly json: string }];
}

export type OwnRoute = keyof OwnRoutes;
export type OwnRequest<R extends OwnRoute> = OwnRoutes[R][0];
export type OwnResponse<R extends OwnRoute> = OwnRoutes[R][1];

/** Posted on the BroadcastChannel `signet` of our own origin: something changed, ask again. */
export interface Changed {
  readonly changed: 'status' | 'requests' | 'credentials' | 'attributes' | 'audit';
}
