import type { ProofRequest, TrustedIssuer, VerifyResult } from '../../lib/sdk/index.ts';
import { verify } from '../../lib/sdk/index.ts';
import type { Asked, Reply } from '../http.ts';
import { json, objectIn } from '../http.ts';
import { WINES } from './wines.ts';
import type { Visits } from './visits.ts';

/** All the shop wants to know. */
const CLAIM = 'age_over_21';
const PURPOSE = 'Buy wine';
/** What a DCQL answer calls the one credential asked for. */
const LICENCE = 'licence';

export interface Door {
  readonly origin: string;
  readonly issuers: readonly TrustedIssuer[];
  readonly types: readonly string[];
  readonly visits: Visits;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Hears of everybody who was checked. */
  readonly onChecked: (result: VerifyResult) => void;
}

const cookie = (name: string, value: string, maxAge: number): string =>
  `${name}=${value}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${maxAge}`;

function cookieIn({ headers }: Asked, name: string): string {
  const pairs = (headers.get('Cookie') ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([key]) => key === name)?.[1] ?? '';
}

/** `POST /arrive`: what the page shall ask the visitor's wallet, with a nonce for this visit. */
export function arrive(asked: Asked, door: Door): Reply {
  const { way } = objectIn(asked);
  const { visit, nonce } = door.visits.arrive();
  const about = { nonce, purpose: PURPOSE };
  const request: ProofRequest =
    way === 'dcql'
      ? { ...about, dcql_query: query(door) }
      : { ...about, claims: [CLAIM], types: door.types, issuers: door.issuers.map(({ issuer }) => issuer) };
  return json(request, 200, { 'Set-Cookie': cookie('visit', visit, 300) });
}

/** The same question in OpenID4VP's query language. */
const query = ({ types }: Door) => ({
  credentials: [
    { id: LICENCE, format: 'dc+sd-jwt', meta: { vct_values: types }, claims: [{ path: [CLAIM], values: [true] }] },
  ],
});

/** `POST /enter`: the wallet's answer. True only if the SDK says so, for this origin and this visit's nonce. */
export async function enter(asked: Asked, door: Door): Promise<Reply> {
  const nonce = door.visits.takeNonce(cookieIn(asked, 'visit'));
  if (nonce === undefined)
    return refused('This question was answered already, or too long ago. Ask again.', 'wrong_nonce');
  const result = await verify(proofIn(objectIn(asked)), CLAIM, door.origin, {
    nonce,
    issuers: door.issuers,
    types: door.types,
    now: new Date(door.now()),
  });
  door.onChecked(result);
  if (!result.valid) return refused(inWords(result.reason), result.reason);
  if (result.claims[CLAIM] !== true) return refused('This licence says that you are not 21 yet.', 'wrong_claim');
  return json({ welcome: true }, 200, { 'Set-Cookie': cookie('guest', door.visits.admit(), 3600) });
}

/** `proof` answers `claims`; `vp_token` answers `dcql_query`. */
function proofIn({ proof, vp_token: token }: Record<string, unknown>): string {
  if (typeof proof === 'string') return proof;
  if (typeof token !== 'object' || token === null || !(LICENCE in token)) return '';
  const presentations: unknown = token[LICENCE];
  const first: unknown = Array.isArray(presentations) && presentations.length === 1 ? presentations[0] : undefined;
  return typeof first === 'string' ? first : '';
}

const refused = (why: string, reason: string): Reply => json({ welcome: false, why, reason }, 403);

type Refused = Extract<VerifyResult, { valid: false }>['reason'];

function inWords(reason: Refused): string {
  switch (reason) {
    case 'wrong_claim':
      return 'This does not show that you are over 21.';
    case 'untrusted_issuer':
      return 'We do not know the office that signed this.';
    case 'wrong_type':
      return 'We take driving licences only.';
    case 'expired':
    case 'not_yet_valid':
      return 'This licence is not valid today.';
    case 'revoked':
      return 'This licence was withdrawn.';
    case 'wrong_audience':
    case 'wrong_nonce':
      return 'This was meant for somebody else, or for another visit.';
    case 'over_disclosed':
      return 'This says more about you than we asked, so we did not read it.';
    default:
      return 'We could not check this.';
  }
}

/** `GET /shelf`: only for those who were let in. */
export function shelf(asked: Asked, { visits }: Door): Reply {
  if (!visits.isInside(cookieIn(asked, 'guest'))) return refused('The shelf is for guests over 21.', 'not_inside');
  return json(WINES);
}
