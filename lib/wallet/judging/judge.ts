import type { Clock } from '../../core/index.ts';
import type { PlannedClaim, ProofPlan } from '../../proofs/index.ts';
import type {
  DecidedClaim,
  Explanation,
  PolicyBook,
  PolicyInForce,
  PolicyRequest,
  PolicyState,
  Verdict,
} from '../../policy/index.ts';
import { decide, decideOnRecord, explain, rulesOf, verdictOf } from '../../policy/index.ts';
import type { VaultReader } from '../../vault/index.ts';
import type { ExplainedClaim } from './ask-reasons.ts';
import type { Party } from './parties.ts';
import { counts, partiesTo } from './parties.ts';
import type { AskedAttribute, AskedNow, AskedRequest, AskedSpend } from './policy-request.ts';
import { askedNow, attributeRequest, claimRequest, nameRequest, offerRequest, spendRequest } from './policy-request.ts';

/** There is a person who can be asked. */
const ASKABLE = { askable: true } as const;

/** What the engine says of one answer, and all that it rests on. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Ids of all rules that matched, sorted. */
  readonly rules: readonly string[];
  readonly policy: PolicyInForce;
  readonly decided: readonly DecidedClaim[];
}

/** One thing to decide about: the request that a party makes of it, and the claim whose history counts. */
interface Question {
  readonly request: (asked: AskedNow) => PolicyRequest;
  /** By `claimKey`. */
  readonly about: string;
  /** The other claims of the same answer. */
  readonly beside?: readonly string[];
}

/**
 * Decides about one request, with the rules and the counts as they stand when it is made. What an agent asks for
 * somebody is decided twice, see `partiesTo`.
 */
export class Judge {
  readonly policy: PolicyInForce;
  readonly #parties: readonly Party[];

  private constructor(policy: PolicyInForce, parties: readonly Party[]) {
    this.policy = policy;
    this.#parties = parties;
  }

  /**
   * Loads what decisions about a request rest on.
   * @param reader the vault, or a transaction of it, whose own changes count then
   * @throws SignetError `vault_damaged`, `locked`
   */
  static async of(
    reader: VaultReader,
    { book, clock }: { readonly book: PolicyBook; readonly clock: Clock },
    request: AskedRequest,
    purpose?: string,
  ): Promise<Judge> {
    const asked = askedNow(request, clock(), purpose);
    const policy = await book.current(reader);
    return new Judge(policy, await partiesTo(reader, policy.compiled, asked));
  }

  /** Whether a claim is denied whatever goes with it. */
  denies(claim: PlannedClaim): boolean {
    return this.#parties.some(
      ({ asked, standing }) =>
        decide(this.policy.compiled, claimRequest(asked, claim), standing.of(claim.claim), ASKABLE).verdict === 'DENY',
    );
  }

  /** What a plan comes to: denied where one of its claims is, permitted where all are. */
  plan({ claims }: Pick<ProofPlan, 'claims'>): Judgement {
    return this.#judged(questionsOf(claims).map(({ question }) => question));
  }

  /** As `plan`, with every rule that matched or nearly did. */
  explain({
    claims,
  }: Pick<ProofPlan, 'claims'>): readonly { readonly claim: PlannedClaim; readonly why: Explanation }[] {
    return questionsOf(claims).flatMap(({ claim, question }) =>
      this.#explained(question).map((why) => ({ claim, why })),
    );
  }

  /** What is asked and cannot be answered, by name alone. @param claims by `claimKey` */
  names(claims: readonly string[]): Judgement {
    return this.#judged(claims.map((claim) => ({ request: (asked) => nameRequest(asked, claim), about: claim })));
  }

  /** An offer of credentials. @param issuer origin */
  offer(issuer: string): Judgement {
    const request = (asked: AskedNow): PolicyRequest => offerRequest(asked, issuer);
    const [first] = this.#parties;
    return this.#judged([{ request, about: first === undefined ? '' : request(first.asked).resource.id }]);
  }

  /** A token, or units of one. */
  spend(asked: AskedSpend): Judgement {
    return this.#judged([spendQuestion(asked)]);
  }

  /** As `spend`, with every rule that matched or nearly did. */
  explainSpend(asked: AskedSpend): readonly ExplainedClaim[] {
    const { kind } = asked;
    return this.#explained(spendQuestion(asked)).map((why) => ({ claim: { claim: kind, label: kind }, why }));
  }

  /**
   * What an agent does with one thing that is stored.
   * @param bounds what it learns by it, as claims about bounds: what it learned before stands against them
   */
  attribute(asked: AskedAttribute, bounds: readonly string[] = []): Judgement {
    const abouts = bounds.length === 0 ? [asked.key] : bounds;
    return this.#judged(
      abouts.map((about) => ({
        request: (party) => attributeRequest(party, asked),
        about,
        beside: bounds,
      })),
    );
  }

  #judged(questions: readonly Question[]): Judgement {
    const decided = questions.flatMap((question) =>
      this.#parties.flatMap((party) => {
        const made = decideOnRecord(
          this.policy.compiled,
          question.request(party.asked),
          stateOf(party, question),
          ASKABLE,
        );
        return counts(party, made.decision) ? [made] : [];
      }),
    );
    const decisions = decided.map(({ decision }) => decision);
    return { verdict: verdictOf(decisions), rules: rulesOf(decisions), policy: this.policy, decided };
  }

  #explained(question: Question): readonly Explanation[] {
    return this.#parties.flatMap((party) => {
      const why = explain(this.policy.compiled, question.request(party.asked), stateOf(party, question), ASKABLE);
      return counts(party, why) ? [why] : [];
    });
  }
}

const stateOf = ({ standing }: Party, { about, beside }: Question): PolicyState => standing.of(about, beside);

const spendQuestion = (spend: AskedSpend): Question => ({
  request: (asked) => spendRequest(asked, spend),
  about: spend.kind,
});

function questionsOf(
  claims: readonly PlannedClaim[],
): readonly { readonly claim: PlannedClaim; readonly question: Question }[] {
  const beside = [...new Set(claims.map(({ claim }) => claim))];
  return claims.map((claim) => ({
    claim,
    question: { request: (asked) => claimRequest(asked, claim, beside), about: claim.claim, beside },
  }));
}
