import { randomBytes, randomInt } from 'node:crypto';
import type { Person } from './people.ts';

const OFFER_MINUTES = 10;
const TOKEN_MINUTES = 10;
const NONCE_MINUTES = 5;
const MAX_WRONG_CODES = 5;
/** How long the office takes over a paper that is made to order, in seconds. */
const ORDER_SECONDS = 30;

/** Whom something is for, and what. */
export interface Entitlement {
  readonly person: Person;
  /** The credential configuration. */
  readonly configurationId: string;
  /** It is made to order: whoever asks for it is told to come back. */
  readonly later?: boolean;
}

/** What a wallet asked to sign in for, and where it wants its person back. */
export interface SignInRequest {
  readonly configurationId: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  /** PKCE, S256 (RFC 7636). */
  readonly challenge: string;
}

/** A person said yes to a wallet. */
export interface SignedIn extends SignInRequest {
  readonly person: Person;
}

/** A paper that is being made, for these keys. */
export interface Order<Key> {
  readonly person: Person;
  readonly holders: readonly Key[];
  readonly readyAt: number;
}

/** A credential that waits to be fetched. */
export interface WaitingCredential extends Entitlement {
  /** Told to the person some other way; absent when none is asked for. */
  readonly transactionCode: string | undefined;
  readonly expiresAt: number;
}

const secret = (): string => randomBytes(24).toString('base64url');

/** What the issuer remembers between two requests: in memory, everything for minutes and for one use. */
export class Counter<Key> {
  readonly #now: () => number;
  readonly #offers = new Map<string, WaitingCredential & { wrongCodes: number }>();
  readonly #tokens = new Map<string, Entitlement & { expiresAt: number }>();
  readonly #nonces = new Map<string, number>();
  readonly #signIns = new Map<string, SignInRequest & { expiresAt: number }>();
  readonly #signedIn = new Map<string, SignedIn & { expiresAt: number }>();
  readonly #orders = new Map<string, Order<Key> & { token: string }>();

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  #in = (minutes: number): number => this.#now() + minutes * 60_000;

  /** Puts a credential on the counter. Returns the pre-authorized code that fetches it. */
  putDown(
    entitlement: Entitlement,
    { withCode }: { withCode: boolean },
  ): { preAuthorizedCode: string; waiting: WaitingCredential } {
    this.#sweep();
    const preAuthorizedCode = secret();
    const transactionCode = withCode ? String(randomInt(10_000)).padStart(4, '0') : undefined;
    const waiting = { ...entitlement, transactionCode, expiresAt: this.#in(OFFER_MINUTES), wrongCodes: 0 };
    this.#offers.set(preAuthorizedCode, waiting);
    return { preAuthorizedCode, waiting };
  }

  waiting = (preAuthorizedCode: string): WaitingCredential | undefined => this.#offers.get(preAuthorizedCode);

  /** A wrong transaction code: four digits do not withstand endless guessing. */
  countWrongCode(preAuthorizedCode: string): void {
    const offer = this.#offers.get(preAuthorizedCode);
    if (offer !== undefined && ++offer.wrongCodes >= MAX_WRONG_CODES) this.#offers.delete(preAuthorizedCode);
  }

  /** The code was good: it is spent, and `accessToken` stands for the person. */
  exchange(preAuthorizedCode: string, accessToken: string): void {
    const offer = this.#offers.get(preAuthorizedCode);
    if (offer === undefined || !this.#offers.delete(preAuthorizedCode)) return;
    this.#give(offer, accessToken);
  }

  #give({ person, configurationId, later = false }: Entitlement, accessToken: string): void {
    this.#tokens.set(accessToken, { person, configurationId, later, expiresAt: this.#in(TOKEN_MINUTES) });
  }

  /** A wallet brings somebody who still has to say who they are. @returns what the page refers to it by */
  openDoor(request: SignInRequest): string {
    this.#sweep();
    const id = secret();
    this.#signIns.set(id, { ...request, expiresAt: this.#in(OFFER_MINUTES) });
    return id;
  }

  /** They said who they are. @returns what they wanted, with the code that stands for it; undefined where they came too late */
  signIn(id: string, person: Person): (SignInRequest & { readonly code: string }) | undefined {
    const request = this.#signIns.get(id);
    this.#signIns.delete(id);
    if (request === undefined || request.expiresAt <= this.#now()) return undefined;
    const code = secret();
    this.#signedIn.set(code, { ...request, person, expiresAt: this.#in(1) });
    return { ...request, code };
  }

  /** What a code stands for. It is spent by looking. */
  takeCode(code: string): SignedIn | undefined {
    const signedIn = this.#signedIn.get(code);
    this.#signedIn.delete(code);
    return signedIn !== undefined && signedIn.expiresAt > this.#now() ? signedIn : undefined;
  }

  /** `accessToken` stands for somebody who signed in. */
  exchangeSignIn(signedIn: SignedIn, accessToken: string): void {
    this.#give(signedIn, accessToken);
  }

  readonly orderSeconds = ORDER_SECONDS;

  /** A paper is made to order, and fetched with the same token. @returns the transaction id */
  order(token: string, { person, holders }: Pick<Order<Key>, 'person' | 'holders'>): string {
    const id = secret();
    this.#orders.set(id, { person, holders, token, readyAt: this.#now() + ORDER_SECONDS * 1000 });
    return id;
  }

  /** An order; undefined where there is none of this token's. */
  orderOf(id: string, token: string): (Order<Key> & { readonly isReady: boolean }) | undefined {
    const order = this.#orders.get(id);
    return order?.token === token ? { ...order, isReady: order.readyAt <= this.#now() } : undefined;
  }

  /** It was handed over, with the token that ordered it. False when somebody was faster. */
  handOver(id: string, token: string): boolean {
    return this.#orders.delete(id) && this.spend(token);
  }

  readonly tokenSeconds = TOKEN_MINUTES * 60;

  entitlementOf(accessToken: string): Entitlement | undefined {
    const token = this.#tokens.get(accessToken);
    return token !== undefined && token.expiresAt > this.#now() ? token : undefined;
  }

  /** The credential was handed over: the token is spent. False when somebody was faster. */
  spend = (accessToken: string): boolean => this.#tokens.delete(accessToken);

  makeNonce(): string {
    this.#sweep();
    const nonce = secret();
    this.#nonces.set(nonce, this.#in(NONCE_MINUTES));
    return nonce;
  }

  /** Whether the nonce is one of ours and in time. It is gone afterwards. */
  useNonce(nonce: string): boolean {
    const expiresAt = this.#nonces.get(nonce);
    this.#nonces.delete(nonce);
    return expiresAt !== undefined && expiresAt > this.#now();
  }

  #sweep(): void {
    const now = this.#now();
    for (const [code, { expiresAt }] of this.#offers) if (expiresAt <= now) this.#offers.delete(code);
    for (const [id, { expiresAt }] of this.#signIns) if (expiresAt <= now) this.#signIns.delete(id);
    for (const [code, { expiresAt }] of this.#signedIn) if (expiresAt <= now) this.#signedIn.delete(code);
    for (const [id, { token }] of this.#orders) if (!this.#tokens.has(token)) this.#orders.delete(id);
    for (const [token, { expiresAt }] of this.#tokens) if (expiresAt <= now) this.#tokens.delete(token);
    for (const [nonce, expiresAt] of this.#nonces) if (expiresAt <= now) this.#nonces.delete(nonce);
  }
}
