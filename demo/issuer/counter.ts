import { randomBytes, randomInt } from 'node:crypto';
import type { Person } from './people.ts';

const OFFER_MINUTES = 10;
const TOKEN_MINUTES = 10;
const NONCE_MINUTES = 5;
const MAX_WRONG_CODES = 5;

/** Whom something is for, and what. */
export interface Entitlement {
  readonly person: Person;
  /** The credential configuration. */
  readonly configurationId: string;
}

/** A credential that waits to be fetched. */
export interface WaitingCredential extends Entitlement {
  /** Told to the person some other way; absent when none is asked for. */
  readonly transactionCode: string | undefined;
  readonly expiresAt: number;
}

const secret = (): string => randomBytes(24).toString('base64url');

/** What the issuer remembers between two requests: in memory, everything for minutes and for one use. */
export class Counter {
  readonly #now: () => number;
  readonly #offers = new Map<string, WaitingCredential & { wrongCodes: number }>();
  readonly #tokens = new Map<string, Entitlement & { expiresAt: number }>();
  readonly #nonces = new Map<string, number>();

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
    const { person, configurationId } = offer;
    this.#tokens.set(accessToken, { person, configurationId, expiresAt: this.#in(TOKEN_MINUTES) });
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
    for (const [token, { expiresAt }] of this.#tokens) if (expiresAt <= now) this.#tokens.delete(token);
    for (const [nonce, expiresAt] of this.#nonces) if (expiresAt <= now) this.#nonces.delete(nonce);
  }
}
