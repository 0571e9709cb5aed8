import type { PageRequest, ProofRequest, ReplayStore, VerifyResult } from '../../lib/sdk/index.ts';
import { createRequest, verify, verifyResponse } from '../../lib/sdk/index.ts';
import type { Asked, Reply } from '../http.ts';
import { cookie, cookieIn, json, objectIn, Refusal } from '../http.ts';
import type { Papers } from './believed.ts';
import { EVENINGS } from './evenings.ts';
import type { Question, Visits } from './visits.ts';
import type { Paper, Room, Way, WayName } from './ways.ts';
import { isWayName, WAYS } from './ways.ts';
import { WINES } from './wines.ts';

/** What a DCQL answer calls the one credential asked for. */
const LICENCE = 'licence';

export interface Door {
  readonly origin: string;
  readonly papers: Readonly<Record<Paper, Papers>>;
  readonly visits: Visits;
  /** Remembers which requests were answered. */
  readonly replay: ReplayStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Hears of everybody who was checked. */
  readonly onChecked: (result: VerifyResult) => void;
}

/** `POST /arrive`: what the page shall ask the visitor's wallet at the door it names, with a nonce for this visit. */
export async function arrive(asked: Asked, door: Door): Promise<Reply> {
  const { way: name } = objectIn(asked);
  if (!isWayName(name)) throw new Refusal(404, 'There is no such door.');
  const way: Way = WAYS[name];
  const papers = door.papers[way.paper];
  if (papers.origins.length === 0) throw new Refusal(404, 'This door is closed today.');
  await papers.issuers(); // who cannot be checked later is told now
  const { visit, nonce } = door.visits.arrive(name);
  const request = name === 'any' ? await askAny(visit, nonce, door) : askSignet(name, nonce, papers);
  return json(request, 200, { 'Set-Cookie': cookie('visit', visit, 300) });
}

function askSignet(name: WayName, nonce: string, papers: Papers): ProofRequest {
  const way: Way = WAYS[name];
  const about = { nonce, purpose: way.purpose };
  return name === 'dcql' ? { ...about, dcql_query: query(papers) } : { ...about, ...question(way, papers) };
}

/** The first door's question, for whatever wallet the visitor has. */
async function askAny(visit: string, nonce: string, { origin, papers, visits, now }: Door): Promise<PageRequest> {
  const { claims, purpose } = WAYS.any;
  const asked = { claims, purpose, nonce, origin, types: papers.licence.types, now: new Date(now()) };
  const { request, session } = await createRequest(asked);
  visits.keep(visit, session);
  return request;
}

const question = ({ claims, formats }: Way, { types, origins }: Papers) => ({
  claims,
  types,
  issuers: origins,
  ...(formats !== undefined && { formats }),
});

/** The first door's question in OpenID4VP's query language. */
const query = ({ types }: Papers) => ({
  credentials: [
    {
      id: LICENCE,
      format: 'dc+sd-jwt',
      meta: { vct_values: types },
      claims: [{ path: [WAYS.dcql.yes], values: [true] }],
    },
  ],
});

/** `POST /enter`: the wallet's answer. True only if the SDK says so, for this origin and this visit's nonce. */
export async function enter(asked: Asked, door: Door): Promise<Reply> {
  const asking = door.visits.takeQuestion(cookieIn(asked, 'visit'));
  if (asking === undefined)
    return refused('This question was answered already, or too long ago. Ask again.', 'wrong_nonce');
  const way: Way = WAYS[asking.way];
  const result = await checked(objectIn(asked), asking, door);
  door.onChecked(result);
  if (!result.valid) return refused(inWords(result.reason, WORDS[way.paper]), result.reason);
  if (way.yes !== undefined && result.claims[way.yes] !== true) return refused(WORDS[way.paper].no, 'wrong_claim');
  return json({ welcome: true }, 200, { 'Set-Cookie': cookie('guest', door.visits.admit(way.room), 3600) });
}

/** What the SDK says of a wallet's answer. */
async function checked(answer: Record<string, unknown>, asking: Question, door: Door): Promise<VerifyResult> {
  const { claims, bearer, paper }: Way = WAYS[asking.way];
  const papers = door.papers[paper];
  const [issuers, now] = [await papers.issuers(), new Date(door.now())];
  if (asking.session !== undefined) {
    return verifyResponse(answer['answer'], asking.session, { issuers, now, replay: door.replay });
  }
  const { nonce } = asking;
  return verify(proofIn(answer), claims, door.origin, { nonce, issuers, types: papers.types, now, bearer });
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

/** How the shop speaks of a paper. */
interface Words {
  readonly paper: string;
  readonly papers: string;
  readonly fact: string;
  readonly no: string;
}

const WORDS: Readonly<Record<Paper, Words>> = {
  licence: {
    paper: 'licence',
    papers: 'driving licences',
    fact: 'over 21',
    no: 'This licence says that you are not 21 yet.',
  },
  card: { paper: 'card', papers: 'club cards', fact: 'a member', no: 'This card says that you are not a member.' },
};

function inWords(reason: Refused, { paper, papers, fact }: Words): string {
  switch (reason) {
    case 'wrong_claim':
      return `This does not show that you are ${fact}.`;
    case 'untrusted_issuer':
      return 'We do not know the office that signed this.';
    case 'wrong_type':
      return `We take ${papers} only.`;
    case 'expired':
    case 'not_yet_valid':
      return `This ${paper} is not valid today.`;
    case 'revoked':
      return `This ${paper} was withdrawn.`;
    case 'wrong_audience':
    case 'wrong_nonce':
      return 'This was meant for somebody else, or for another visit.';
    case 'over_disclosed':
      return 'This says more about you than we asked, so we did not read it.';
    default:
      return 'We could not check this.';
  }
}

const ROOMS = {
  shelf: { holds: WINES, closed: 'The shelf is for guests over 21.' },
  evenings: { holds: EVENINGS, closed: 'This table is for members of the club.' },
} as const satisfies Readonly<Record<Room, object>>;

/** `GET /shelf` and `GET /evenings`: only for those who came in by a door that opens it. */
export function lookAround(room: Room, asked: Asked, { visits }: Door): Reply {
  const { holds, closed } = ROOMS[room];
  return visits.isIn(room, cookieIn(asked, 'guest')) ? json(holds) : refused(closed, 'not_inside');
}

/** A route for guests in the room with the wine: to nobody else is it sold. */
export const inside =
  ({ visits }: Door, serve: (asked: Asked, guest: string) => Reply | Promise<Reply>) =>
  (asked: Asked): Reply | Promise<Reply> => {
    const guest = cookieIn(asked, 'guest');
    return visits.isIn('shelf', guest) ? serve(asked, guest) : refused(ROOMS.shelf.closed, 'not_inside');
  };
