import { sha256 } from '@noble/hashes/sha2.js';
import type { AuditDraft } from '../audit/index.ts';
import type { Clock, Json, JsonObject, Origin, SecretBytes } from '../core/index.ts';
import { SignetError, canonicalJsonBytes, toBase64url } from '../core/index.ts';
import {
  MAX_BINDING_AGE,
  answersTo,
  claimLabel,
  openInstance,
  parseSdJwt,
  personalClaims,
  presentCredential,
  revealedBy,
} from '../credentials/index.ts';
import type { ClaimCompartment, OpenCompartment, OpenedInstance } from '../credentials/index.ts';
import type { ProofRequest as PageProofRequest, ProofResponse } from '../provider/types.ts';
import type { VaultReader } from '../vault/index.ts';
import { askedClaims } from './asked-claims.ts';
import type { AskedClaims } from './asked-claims.ts';
import type { Binding } from './binding.ts';
import { assertBindable, authorisesAll, bindingToOrigin, entriesFor, forTransactions } from './binding.ts';
import { chooseCredentials } from './choose.ts';
import type { Choice, Narrowing, ProofExtra, Way } from './choose.ts';
import { viewDisclosure } from './disclosure-view.ts';
import type { DisclosureView } from './disclosure-view.ts';
import { revealRows } from './holding.ts';
import { openWitness, presentWith } from './bbs-witness.ts';
import type { BbsWitness, ProveBbs } from './bbs-witness.ts';
import type { Match } from './matched.ts';
import { rangeAnswer } from './range-plan.ts';
import { openSelf, presentMyself } from './self-witness.ts';
import type { ReadMyself, SelfWitness } from './self-witness.ts';
import { openRanges, proveFor } from './range-witness.ts';
import type { ProveRanges, RangeWitness } from './range-witness.ts';
import { seenClaims } from './seen-claims.ts';
import { showsJust } from './seen-values.ts';
import { oneForEachName, plannedClaims } from './planned-claim.ts';
import type { PlannedClaim } from './planned-claim.ts';
import { PLAIN_FORMAT, readQuery } from './query.ts';
import type { ProofQuery } from './query.ts';
import { assertAnswer } from './subset.ts';

/** Only this file can name it, so only this file can make a stage. */
const MINT: unique symbol = Symbol('mint');

function assertMint(token: typeof MINT): void {
  if (token !== MINT) throw new SignetError('internal', 'A stage of a proof is made by the stage before it.');
}

/** Who asks for a proof, by the browser's word. */
export interface Asker {
  readonly requestId: string;
  readonly origin: Origin;
}

/** Stage one: a request that Signet can answer in principle, and who made it. */
export class ProofRequest {
  readonly requestId: string;
  readonly origin: Origin;
  readonly page: PageProofRequest;
  readonly query: ProofQuery;
  readonly binding: Binding;

  private constructor(token: typeof MINT, asker: Asker, page: PageProofRequest, binding: Binding) {
    assertMint(token);
    this.requestId = asker.requestId;
    this.origin = asker.origin;
    this.page = page;
    this.query = readQuery(page);
    assertBindable(binding, this.query);
    this.binding = binding;
  }

  /**
   * @param binding what presentations are bound to. Default: the origin, and the page's nonce
   * @throws SignetError unsupported, naming the field, when no vault could answer it; bad_request, naming the field, on
   *   a binding that presentations cannot have
   */
  static admit(asker: Asker, page: PageProofRequest, binding?: Binding): ProofRequest {
    return new ProofRequest(MINT, asker, page, binding ?? bindingToOrigin(asker.origin, page.nonce));
  }

  /** What is asked, in words; known without opening the vault. */
  get asked(): readonly string[] {
    const terms = this.query.credentials.flatMap(({ alternatives }) => alternatives.flat());
    const labels = terms.map(({ paths }) => claimLabel((paths[0] ?? []).filter((step) => step !== null)));
    return [...new Set(labels)];
  }

  /** What is asked, in names of rules; known without opening the vault. */
  get askedClaims(): AskedClaims {
    return askedClaims(this.query);
  }

  /**
   * Stage two: every way to answer, least disclosing first; none when the vault cannot.
   * @param narrowing extras to take in, no others; claims that no way may show
   * @param readMyself what the person says of themselves; read where the verifier takes that, and nowhere else
   * @throws SignetError vault_damaged; bad_request, field `extras`, on an extra that the request does not have
   */
  async plan(
    reader: VaultReader,
    clock: Clock,
    narrowing: Narrowing = {},
    readMyself?: ReadMyself,
  ): Promise<readonly ProofPlan[]> {
    const plans: ProofPlan[] = [];
    const given = { clock, narrowing, ...(readMyself && { readMyself }) };
    for (const way of await chooseCredentials(reader, forTransactions(this.query, this.binding), given)) {
      if (!authorisesAll(this.binding, answeredBy(way.choice))) continue;
      const views: DisclosureView[] = [];
      for (const match of way.choice) {
        views.push(viewDisclosure(match, await revealRows(reader, match.record, match.rows)));
      }
      plans.push(ProofPlan.of(MINT, this, { ...way, views, clock, ...(readMyself && { readMyself }) }));
    }
    return plans;
  }
}

const answeredBy = (choice: Choice): readonly string[] => choice.map(({ wanted }) => wanted.id);

/** The person's yes to one plan, by the digest of what was shown. */
export interface Consent {
  readonly requestId: string;
  readonly digest: string;
}

/** What a plan is made of. */
interface Planned extends Way {
  readonly views: readonly DisclosureView[];
  /** Tells whether a credential can still be shown, when that is opened. */
  readonly clock: Clock;
  readonly readMyself?: ReadMyself;
}

/** Stage two: one way to answer a request, as it is shown to the person. */
export class ProofPlan {
  readonly request: ProofRequest;
  readonly choice: Choice;
  /** What is asked and not needed, and whether it goes with this plan. */
  readonly extras: readonly ProofExtra[];
  readonly views: readonly DisclosureView[];
  /** base64url SHA-256 of who asks, what for, what it is bound to, and everything that would be shown and sent. */
  readonly digest: string;

  readonly #clock: Clock;
  readonly #readMyself: ReadMyself | undefined;

  private constructor(token: typeof MINT, request: ProofRequest, { views, clock, readMyself, ...way }: Planned) {
    assertMint(token);
    assertAnswer(way.choice);
    this.request = request;
    this.choice = way.choice;
    this.extras = way.extras;
    this.views = views;
    this.#clock = clock;
    this.#readMyself = readMyself;
    this.digest = digestOf(request, way, views);
  }

  /** For the stage before alone. @throws SignetError internal when it would show what was not asked for */
  static of(token: typeof MINT, request: ProofRequest, planned: Planned): ProofPlan {
    return new ProofPlan(token, request, planned);
  }

  /**
   * What it would show, as rules see it: every claim under its name, once for each type and issuer. A credential that
   * shows no claim counts as one, of its type. Empty only where no credential would go out.
   */
  get claims(): readonly PlannedClaim[] {
    return oneForEachName(this.choice.flatMap(plannedClaims));
  }

  /** Compartments that have to be opened for it. */
  get compartments(): readonly ClaimCompartment[] {
    return [...new Set(this.choice.flatMap(({ compartments }) => compartments))];
  }

  /** Whether a copy of it may have been shown before a backup was restored. */
  get maybeUsed(): boolean {
    return this.choice.some(({ record }) => record.maybeUsed === true);
  }

  /**
   * Stage three: opens what the plan discloses, and nothing else. Dispose the bundle.
   * @param open opens a compartment, under a grant; needed where `compartments` names one
   * @throws SignetError `changed` when the consent is for another plan or request; `expired`, `consumed`, `revoked` or
   *   `wait` when a credential cannot be shown any more; `not_found` when a value in a compartment is none that the site
   *   accepts; `bad_request`, field `opener`, when there is no way into a compartment
   */
  async gather(consent: Consent, reader: VaultReader, open?: OpenCompartment): Promise<ProofBundle> {
    if (consent.requestId !== this.request.requestId || consent.digest !== this.digest) {
      throw new SignetError('changed', 'What would be shown has changed. Please look again.');
    }
    const witnesses: Witness[] = [];
    const opened = openOnce(open);
    try {
      for (const match of this.choice) {
        if (match.record.format === 'self') {
          witnesses.push(await openSelf(reader, match, this.#readMyself));
          continue;
        }
        if (match.record.format !== undefined) {
          witnesses.push(await openWitness(reader, match));
          continue;
        }
        const instance = await openInstance(reader, match.record.id, match.rows, this.#clock(), opened);
        const { holderKey } = instance;
        const numbers: RangeWitness[] = [];
        witnesses.push({ match, ...instance, holderKey, numbers });
        assertAccepted(match, instance);
        numbers.push(...(await openRanges(reader, match, instance)));
      }
    } catch (error) {
      witnesses.forEach(disposeWitness);
      throw error;
    }
    return ProofBundle.of(MINT, this, witnesses);
  }
}

/** What one presentation is made with. */
type Witness = CopyWitness | BbsWitness | SelfWitness;

interface CopyWitness {
  readonly match: Match;
  readonly instanceId: number;
  readonly issuerJwt: string;
  readonly disclosures: readonly string[];
  readonly holderKey: SecretBytes;
  /** What is proven about numbers is proven with these. */
  readonly numbers: readonly RangeWitness[];
}

function disposeWitness(witness: Witness): void {
  if (!('holderKey' in witness)) return; // text, which nothing can zero, and the vault's own key
  witness.holderKey.dispose();
  for (const { opening } of witness.numbers) opening.blinding.dispose();
}

/** Each compartment is opened, and so logged, once, however many credentials lie in it. */
function openOnce(open: OpenCompartment | undefined): OpenCompartment | undefined {
  if (open === undefined) return undefined;
  const opened = new Map<string, ReturnType<OpenCompartment>>();
  return (name) => {
    const compartment = opened.get(name) ?? open(name);
    opened.set(name, compartment);
    return compartment;
  };
}

/** What planning could not compare, because it lay in a compartment. */
function assertAccepted({ unchecked }: Match, { issuerJwt, disclosures }: OpenedInstance): void {
  if (unchecked.length === 0) return;
  const { claims } = parseSdJwt(`${[issuerJwt, ...disclosures].join('~')}~`);
  const unmet = unchecked.find((term) => answersTo(claims, term).length === 0);
  if (unmet === undefined) return;
  throw new SignetError('not_found', 'Your data is not what this site accepts. Nothing was sent.', {
    field: unmet.name,
  });
}

/** Stage three: the opened instances and their keys. Used once, never stored. */
export class ProofBundle {
  readonly #plan: ProofPlan;
  readonly #witnesses: readonly Witness[];
  #spent = false;

  private constructor(token: typeof MINT, plan: ProofPlan, witnesses: readonly Witness[]) {
    assertMint(token);
    this.#plan = plan;
    this.#witnesses = witnesses;
  }

  /** For the stage before alone. */
  static of(token: typeof MINT, plan: ProofPlan, witnesses: readonly Witness[]): ProofBundle {
    return new ProofBundle(token, plan, witnesses);
  }

  /**
   * Stage four: proves what is to be proven, signs each presentation for its audience and nonce, then reads it back as a
   * verifier would. Whatever fails, nothing comes out, and the bundle is spent.
   * @param provers make what takes more than a signature; each is needed where the plan has such a proof
   * @throws SignetError internal when it was used before, or when it would show anything but what was agreed to; changed
   *   when the person would say something else of themselves by now; what the prover throws
   */
  async bind(clock: Clock, provers: Provers = {}): Promise<BoundPresentation> {
    if (this.#spent) throw new SignetError('internal', 'A proof bundle is used once.');
    this.#spent = true;
    const { request } = this.#plan;
    const presented: Presented[] = [];
    for (const [place, witness] of this.#witnesses.entries()) {
      const to = { origin: request.origin, ...bindingAt(this.#plan, place) };
      presented.push(await presentOne(witness, to, clock, provers));
    }
    return BoundPresentation.of(MINT, {
      response: responseOf(request, presented, clock()),
      manifest: manifestOf(request, this.#plan),
      used: usedBy(this.#witnesses),
    });
  }

  toJSON(): never {
    throw new SignetError('internal', 'A proof bundle holds keys and is never serialised.');
  }

  [Symbol.dispose](): void {
    this.#spent = true;
    this.#witnesses.forEach(disposeWitness);
  }
}

/** The copies that go out; one that answers several questions goes once. */
function usedBy(witnesses: readonly Witness[]): Bound['used'] {
  const used = new Map<string, Bound['used'][number]>();
  for (const witness of witnesses) {
    if (!('instanceId' in witness)) continue;
    const { match, instanceId } = witness;
    used.set(`${match.record.id}/${instanceId}`, { credentialId: match.record.id, instanceId });
  }
  return [...used.values()];
}

/** Who makes what takes more than a signature: both work out of the worker. */
export interface Provers {
  readonly ranges?: ProveRanges;
  readonly bbs?: ProveBbs;
}

/** What one presentation is bound to. */
interface Recipient extends Omit<Binding, 'transactionData'> {
  readonly origin: Origin;
  /** What it authorises, by itself. */
  readonly transactionData?: readonly string[];
}

/** The binding of the presentation at this place: a transaction is authorised by one presentation alone. */
function bindingAt({ request: { binding }, choice }: ProofPlan, place: number): Omit<Recipient, 'origin'> {
  const { audience, nonce } = binding;
  const answered = answeredBy(choice);
  const id = answered[place];
  const isFirst = answered.findIndex((one) => one === id) === place;
  const entries = id === undefined || !isFirst ? undefined : entriesFor(binding, id, answered);
  return { audience, nonce, ...(entries === undefined ? {} : { transactionData: entries }) };
}

async function presentOne(witness: Witness, to: Recipient, clock: Clock, { ranges, bbs }: Provers): Promise<Presented> {
  const { match } = witness;
  if ('held' in witness) {
    assertOriginAlone(to);
    return { match, ...(await presentWith(witness, to, bbs)) };
  }
  if ('about' in witness) {
    const said = await presentMyself(witness, { ...to, now: clock() });
    return { match, presentation: said, claims: disclosedExactly(match, said) };
  }
  const { issuerJwt, disclosures, holderKey, numbers } = witness;
  const { audience, nonce, transactionData } = to;
  const rangeProofs = await proveFor(numbers, { issuerJwt, disclosures }, to, ranges);
  const presentation = presentCredential({
    ...{ issuerJwt, disclosures, holderKey, audience, nonce },
    now: clock(),
    ...(transactionData === undefined ? {} : { transactionData }),
    ...(rangeProofs === undefined ? {} : { rangeProofs }),
  });
  return { match, presentation, claims: disclosedExactly(match, presentation) };
}

/** A proof that cannot be linked has no key binding: it names an origin and a nonce, and nothing else. */
function assertOriginAlone({ origin, audience, transactionData }: Recipient): void {
  if (audience === `origin:${origin}` && transactionData === undefined) return;
  throw new SignetError(
    'unsupported',
    'A proof that cannot be linked is made for a site alone, and authorises nothing.',
    {
      field: 'formats',
    },
  );
}

interface Bound {
  readonly response: ProofResponse;
  readonly manifest: AuditDraft;
  readonly used: readonly { readonly credentialId: string; readonly instanceId: number }[];
}

/** Stage four: what goes out, what the log says of it, and which instances it used up. */
export class BoundPresentation {
  readonly response: ProofResponse;
  readonly manifest: AuditDraft;
  readonly used: Bound['used'];

  private constructor(token: typeof MINT, bound: Bound) {
    assertMint(token);
    this.response = bound.response;
    this.manifest = bound.manifest;
    this.used = bound.used;
  }

  /** For the stage before alone. */
  static of(token: typeof MINT, bound: Bound): BoundPresentation {
    return new BoundPresentation(token, bound);
  }
}

function digestOf(request: ProofRequest, { choice, extras }: Way, views: readonly DisclosureView[]): string {
  const { requestId, origin, page, binding } = request;
  const shown = choice.map(({ wanted, record, rows, format, ranges }, i) => ({
    query: wanted.id,
    credential: record.id,
    instances: record.instances,
    reused: record.lastReused,
    maybeUsed: record.maybeUsed === true,
    rows,
    format,
    ranges: ranges.map(({ path, statement, bits }) => ({ path, statement, bits })),
    view: views[i],
  }));
  return toBase64url(sha256(canonicalJsonBytes({ requestId, origin, page, binding, shown, extras })));
}

/** Rule of the last gate: what a verifier would read is what the plan says, leaf by leaf. */
function disclosedExactly({ record, rows, ranges }: Match, presentation: string): JsonObject {
  const read = parseSdJwt(presentation);
  if (!showsJust(revealedBy(record.claims, rows), read.claims) || read.disclosures.length !== rows.length) {
    throw new SignetError('internal', 'The proof would show something else than was agreed to. Nothing was released.');
  }
  const commitments = new Set(ranges.map(({ path }) => path.join('.')));
  const shown = Object.entries(personalClaims(read.claims)).filter(([name]) => !commitments.has(name));
  return {
    ...Object.fromEntries(shown),
    ...Object.fromEntries(ranges.map((one) => [one.term.name, rangeAnswer(one)])),
  };
}

interface Presented {
  readonly match: Match;
  readonly presentation: string;
  readonly claims: JsonObject;
}

function responseOf(request: ProofRequest, presented: readonly Presented[], now: number): ProofResponse {
  const [first] = presented;
  const common = {
    format: first?.match.format ?? PLAIN_FORMAT,
    requestId: request.requestId,
    expiresAt: now + MAX_BINDING_AGE * 1000,
  };
  if (request.query.language === 'dcql') {
    const ids = [...new Set(presented.map(({ match }) => match.wanted.id))];
    const byId = ids.map((id) => [id, presented.filter(({ match }) => match.wanted.id === id)] as const);
    return {
      ...common,
      vp_token: Object.fromEntries(byId.map(([id, all]) => [id, all.map(({ presentation }) => presentation)])),
      claims: Object.fromEntries(byId.map(([id, all]) => [id, claimsOf(all)])),
    };
  }
  if (first === undefined) throw new SignetError('internal', 'There is nothing to present.');
  return { ...common, proof: first.presentation, claims: first.claims };
}

/** One object; where several could have been asked for, a list of them, however many there are. */
function claimsOf(presented: readonly Presented[]): Json {
  const all = presented.map(({ claims }) => claims);
  return presented.some(({ match }) => match.wanted.multiple) ? all : (all[0] ?? null);
}

function manifestOf({ origin }: ProofRequest, { choice }: ProofPlan): AuditDraft {
  const names = choice.flatMap((match) => seenClaims(match).map(({ path }) => nameOf(path)));
  return { kind: 'proof.allowed', subject: origin, claims: [...new Set(names)], decision: 'PERMIT' };
}

/** A claim's name as the log keeps it: its path's steps, joined by dots. */
const nameOf = (path: readonly (string | number)[]): string => path.join('.');
