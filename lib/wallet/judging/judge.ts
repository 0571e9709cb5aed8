import type { Clock } from '../../core/index.ts';
import type { PlannedClaim, ProofPlan } from '../../proofs/index.ts';
import type { DecidedClaim, Explanation, PolicyBook, PolicyInForce, Standing, Verdict } from '../../policy/index.ts';
import { decide, decideOnRecord, explain, loadStanding, rulesOf, verdictOf } from '../../policy/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import type { VaultReader } from '../../vault/index.ts';
import type { ExplainedClaim } from './ask-reasons.ts';
import type { AskedNow, AskedSpend } from './policy-request.ts';
import { askedNow, claimRequest, nameRequest, offerRequest, spendRequest } from './policy-request.ts';

/** Sites have a person who can be asked. */
const ASKABLE = { askable: true } as const;

/** What the engine says of one answer, and all that it rests on. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Ids of all rules that matched, sorted. */
  readonly rules: readonly string[];
  readonly policy: PolicyInForce;
  readonly decided: readonly DecidedClaim[];
}

/** Decides about one request, with the rules and the counts as they stand when it is made. */
export class Judge {
  readonly policy: PolicyInForce;
  readonly #standing: Standing;
  readonly #asked: AskedNow;

  private constructor(policy: PolicyInForce, standing: Standing, asked: AskedNow) {
    this.policy = policy;
    this.#standing = standing;
    this.#asked = asked;
  }

  /**
   * Loads what decisions about a request rest on.
   * @param reader the vault, or a transaction of it, whose own changes count then
   * @throws SignetError `vault_damaged`, `locked`
   */
  static async of(
    reader: VaultReader,
    { book, clock }: { readonly book: PolicyBook; readonly clock: Clock },
    request: PageRequest,
    purpose?: string,
  ): Promise<Judge> {
    const asked = askedNow(request, clock(), purpose);
    const policy = await book.current(reader);
    const standing = await loadStanding(reader, { policy: policy.compiled, subject: asked.origin, now: asked.now });
    return new Judge(policy, standing, asked);
  }

  /** Whether a claim is denied whatever goes with it. */
  denies(claim: PlannedClaim): boolean {
    const request = claimRequest(this.#asked, claim);
    return decide(this.policy.compiled, request, this.#standing.of(claim.claim), ASKABLE).verdict === 'DENY';
  }

  /** What a plan comes to: denied where one of its claims is, permitted where all are. */
  plan({ claims }: Pick<ProofPlan, 'claims'>): Judgement {
    const names = namesOf(claims);
    return this.#judged(
      claims.map((claim) =>
        decideOnRecord(
          this.policy.compiled,
          claimRequest(this.#asked, claim, names),
          this.#standing.of(claim.claim, names),
          ASKABLE,
        ),
      ),
    );
  }

  /** As `plan`, with every rule that matched or nearly did. */
  explain({
    claims,
  }: Pick<ProofPlan, 'claims'>): readonly { readonly claim: PlannedClaim; readonly why: Explanation }[] {
    const names = namesOf(claims);
    return claims.map((claim) => ({
      claim,
      why: explain(
        this.policy.compiled,
        claimRequest(this.#asked, claim, names),
        this.#standing.of(claim.claim, names),
        ASKABLE,
      ),
    }));
  }

  /** What is asked and cannot be answered, by name alone. @param claims by `claimKey` */
  names(claims: readonly string[]): Judgement {
    return this.#judged(
      claims.map((claim) =>
        decideOnRecord(this.policy.compiled, nameRequest(this.#asked, claim), this.#standing.of(claim), ASKABLE),
      ),
    );
  }

  /** An offer of credentials. @param issuer origin */
  offer(issuer: string): Judgement {
    const request = offerRequest(this.#asked, issuer);
    return this.#judged([
      decideOnRecord(this.policy.compiled, request, this.#standing.of(request.resource.id), ASKABLE),
    ]);
  }

  /** A token, or units of one. */
  spend(asked: AskedSpend): Judgement {
    return this.#judged([
      decideOnRecord(this.policy.compiled, spendRequest(this.#asked, asked), this.#standing.of(asked.kind), ASKABLE),
    ]);
  }

  /** As `spend`, with every rule that matched or nearly did. */
  explainSpend(asked: AskedSpend): readonly ExplainedClaim[] {
    const { kind } = asked;
    const request = spendRequest(this.#asked, asked);
    const why = explain(this.policy.compiled, request, this.#standing.of(kind), ASKABLE);
    return [{ claim: { claim: kind, label: kind }, why }];
  }

  #judged(decided: readonly DecidedClaim[]): Judgement {
    const decisions = decided.map(({ decision }) => decision);
    return {
      verdict: verdictOf(decisions),
      rules: rulesOf(decisions),
      policy: this.policy,
      decided,
    };
  }
}

const namesOf = (claims: readonly PlannedClaim[]): readonly string[] => [...new Set(claims.map(({ claim }) => claim))];
