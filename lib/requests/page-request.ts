import { canonicalJsonBytes, toBase64url } from '../core/index.ts';
import type { ErrorFields, Json, Origin } from '../core/index.ts';
import { sha256 } from '@noble/hashes/sha2.js';

/** The methods of a page whose calls wait for the person. */
export type QueuedMethod =
  | 'requestProof'
  | 'offerCredential'
  | 'requestCapability'
  /** navigator.credentials.get({ digital }) */
  | 'digitalGet'
  /** navigator.credentials.create({ digital }): waits with the params of `offerCredential`. */
  | 'digitalCreate';

/** What the person asks of their own wallet and answers in the consent window: no page is behind it. */
export type OwnMethod =
  | 'openRecord'
  /** A verifier's request that came by a link or a QR code. */
  | 'presentLink';

/** What an agent's call waits for, where it asks neither for a proof nor for a token. */
export type AgentMethod = 'agentCall';

/** What a page's call ended with. The result is what goes out, byte for byte. */
export type PageAnswer =
  { readonly ok: true; readonly result: Json } | { readonly ok: false; readonly error: Omit<ErrorFields, 'reason'> };

/**
 * Where a request stands. `data` is what the flow that serves it must not lose when the worker dies. `refusing`: it is
 * refused without the person, who never sees it; the page hears of it at `at`, after as long as a person would take.
 */
export type RequestState =
  | { readonly phase: 'waiting'; readonly data?: Json }
  | { readonly phase: 'refusing'; readonly at: number }
  | { readonly phase: 'answered'; readonly answer: PageAnswer };

/**
 * One call of one document that waits for the person, or for its answer to be taken. The person's own request looks
 * the same, with no document and no calls (see `isOwnRequest`), and an origin only where somebody else is behind it.
 */
export interface PageRequest {
  /** Ours: a UUID. The `requestId` of the response. */
  readonly id: string;
  /** Rises by one with each request. */
  readonly order: number;
  /** Which round of the queue it belongs to: of each origin one request has its turn in a round. */
  readonly round: number;
  /** The person had just touched the page when it called: by the page's own side, so a hint and no more. */
  readonly active: boolean;
  /** The person has seen it in the consent window: closing that denies it. */
  readonly seen?: true;
  /** The calls that get the answer, by the ids the document's relay gave them; identical calls share one request. */
  readonly clientIds: readonly string[];
  /** Of an agent's: who the answer is for, by the agent's word; `NOBODY` where it is for the agent alone. */
  readonly origin: Origin;
  /** The id of the agent that asks. Absent: no agent does. */
  readonly agent?: string;
  readonly documentId: string;
  readonly tabId: number;
  readonly method: QueuedMethod | OwnMethod | AgentMethod;
  /** Rebuilt from the method's schema. */
  readonly params: Json;
  /** base64url SHA-256 of the canonical JSON of method and params. */
  readonly digest: string;
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
  readonly expiresAt: number;
  readonly state: RequestState;
}

/** Whether a request is the person's own: no document hears of it. */
export const isOwnRequest = ({ documentId }: Pick<PageRequest, 'documentId'>): boolean => documentId === '';

/** What stands for the document of an agent's requests: no page has such an id. */
export const agentDocument = (agent: string): string => `agent:${agent}`;

/** Who asks: an agent by its id, a page by its origin. What it did counts for nobody else. */
export const askerOf = ({ agent, origin }: Pick<PageRequest, 'agent' | 'origin'>): string => agent ?? origin;

/** The origin of a request that nobody but the person is behind: no page has it. */
export const NOBODY = '' as Origin; // an empty text is no origin: that is what it says

/** base64url SHA-256 of the canonical JSON (RFC 8785) of a method and its params: what "identical" means. */
export const requestDigest = (method: PageRequest['method'], params: Json): string =>
  toBase64url(sha256(canonicalJsonBytes({ method, params })));
