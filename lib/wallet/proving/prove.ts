import type { LoggedTx } from '../../audit/index.ts';
import { AuditLog } from '../../audit/index.ts';
import type { Json } from '../../core/index.ts';
import { SignetError, assertField } from '../../core/index.ts';
import { consumeInstance, isUsedUp, issuerId } from '../../credentials/index.ts';
import type { CredentialRecord, OpenCompartment } from '../../credentials/index.ts';
import type { GrantOrder, Linkability, Opener, PlanView, ProofWaiting, WaitingBase } from '../../messaging/contract.ts';
import { wasShown } from '../../proofs/index.ts';
import type { ProofPlan } from '../../proofs/index.ts';
import type { BoundAnswer, Rule } from '../../policy/index.ts';
import { confirmRules, countUse, siteOf, toldTo } from '../../policy/index.ts';
import type { AnswerWrite, PageRequest } from '../../requests/index.ts';
import { askerOf } from '../../requests/index.ts';
import type { OpenVault, VaultReader } from '../../vault/index.ts';
import { askedProof, asksProof, cameByLink } from './asked-proof.ts';
import { askReasons, permitsToConfirm } from '../judging/ask-reasons.ts';
import { isFailedProof, logFailedProof } from './failed-proof.ts';
import { Judge } from '../judging/judge.ts';
import type { Judgement } from '../judging/judge.ts';
import { isLinkAnswered, keptAnswer, madeAnswer } from '../links/link-request.ts';
import type { Along as AlongAnswer } from '../elsewhere/along.ts';
import { inBrowser } from '../elsewhere/along.ts';
import { countAnswers, logJudged, noteLearned } from '../judging/note-answer.ts';
import { withOpener } from '../life/opener.ts';
import { policyChanged } from '../rules/policy-changed.ts';
import { grantRule, withGrant } from '../judging/rule-making.ts';
import type { Services } from '../services.ts';
import { usesIn } from '../judging/uses-in.ts';
import { assertIdentified, identified, viewVerifier } from './verifier.ts';
import type { Identification } from './verifier.ts';
import { admitProof, planOf, waysToAnswer } from './ways.ts';

/** Tell the person that single-use copies are running out from this many on. */
const FEW_LEFT = 3;

/** What the consent window shows of a proof request. Opens nothing while the vault is locked. */
export async function viewProof(
  services: Services,
  request: PageRequest,
): Promise<Omit<ProofWaiting, keyof WaitingBase>> {
  const { proof, shown } = askedProof(request);
  const { asked, page } = proof;
  const who = await identified(services, request);
  return {
    kind: 'proof',
    purpose: page.purpose,
    asked,
    ...shown,
    ...(who?.step === 'known' ? viewVerifier(who.verifier) : {}),
    state: await viewState(services, request, who),
  };
}

async function viewState(
  services: Services,
  request: PageRequest,
  who: Identification | undefined,
): Promise<ProofWaiting['state']> {
  const vault = await services.keeper.state();
  if (vault === 'none') return { step: 'no_vault' };
  if (vault === 'locked') return { step: 'locked' };
  if (who !== undefined && who.step !== 'known') return who;
  try {
    const plans = await viewPlans(services, request);
    if (plans.length > 0) return { step: 'ready', plans };
  } catch (thrown) {
    return { step: 'failed', message: SignetError.from(thrown).message }; // it can still be seen, and denied
  }
  const { asked, page } = admitProof(request);
  return { step: 'nothing', missing: asked, issuers: page.issuers ?? [] };
}

async function viewPlans(
  services: Services,
  request: PageRequest,
  extras: readonly string[] = [],
): Promise<readonly PlanView[]> {
  const vault = await services.keeper.open();
  const { plans, judge } = await waysToAnswer(services, vault, request, extras);
  const told = await toldBefore(vault, request);
  return plans.map(({ plan }) => viewPlan(plan, judge, told));
}

/** Answers about bounds that the site had before, and the agent that asks for it. */
const toldBefore = async (reader: VaultReader, { origin, agent }: PageRequest): Promise<readonly BoundAnswer[]> => [
  ...((await siteOf(reader, origin))?.told ?? []),
  ...(agent === undefined ? [] : await toldTo(reader, agent)),
];

/**
 * The ways to answer with these extras taken in, and no others.
 * @throws SignetError `not_found` when the request has ended; `bad_request`, field `extras`; `locked`
 */
export async function narrowProof(
  services: Services,
  { requestId, extras }: { readonly requestId: string; readonly extras: readonly string[] },
): Promise<readonly PlanView[]> {
  const request = services.queue.get(requestId);
  if (request?.state.phase !== 'waiting' || !asksProof(request)) throw ended();
  return viewPlans(services, request, extras);
}

const ended = (): SignetError =>
  new SignetError('not_found', 'This request has ended. Your activity shows whether anything was sent.');

function viewPlan(plan: ProofPlan, judge: Judge, told: readonly BoundAnswer[]): PlanView {
  const { digest, choice, views, extras } = plan;
  const records = choice.map(({ record }) => record);
  const learn = views.flatMap((view) => view.learn);
  const left = Math.min(...records.filter(isUsedUp).map(({ instances }) => instances.length - 1));
  return {
    digest,
    credentials: records.map((record) => ({
      credentialId: record.id,
      name: record.name,
      issuer: record.issuer,
      ...(record.expiresAt === undefined ? {} : { expiresAt: record.expiresAt }),
      instancesLeft: record.instances.length,
    })),
    learn,
    alsoSent: choice.flatMap(machineryOf),
    hidden: [...new Set(views.flatMap((view) => view.hidden))],
    linkability: linkabilityOf(records, learn),
    format: plan.claims[0]?.format ?? '',
    why: askReasons(judge.explain(plan), told),
    extras,
    linkable: [...new Set(records.flatMap(({ linkable = [] }) => linkable))],
    compartments: plan.compartments,
    maybeUsed: plan.maybeUsed,
    ...(left <= FEW_LEFT ? { fewLeft: left } : {}),
    raw: JSON.stringify(
      choice.map(({ record, rows }) => ({
        vct: record.vct,
        iss: issuerId(record),
        iat: record.issuedAt,
        exp: record.expiresAt,
        disclosed: record.claims
          .filter((claim) => claim.rows.every((row) => rows.includes(row)))
          .map(({ path }) => path),
      })),
      null,
      2,
    ),
  };
}

const day = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);

/** What every presentation of a credential carries beside its claims. */
function machineryOf({ record, ranges }: ProofPlan['choice'][number]): PlanView['alsoSent'] {
  const { vct, issuedAt, expiresAt, hasStatus, format, claims } = record;
  const common = [
    { label: 'issuer', value: issuerId(record) },
    { label: 'kind of credential', value: vct },
    ...(issuedAt === undefined ? [] : [{ label: 'issued on', value: day(issuedAt) }]),
    ...(expiresAt === undefined ? [] : [{ label: 'valid until', value: day(expiresAt) }]),
  ];
  if (format === 'self') return [...common, { label: 'key', value: 'yours for this site, the same each time' }];
  // The public part names what there is to show, the same for everyone who got one that week.
  if (format !== undefined) return [...common, { label: 'what such a credential says', value: namesOf(claims) }];
  return [
    ...common,
    { label: 'key of this copy', value: 'made for this copy alone' },
    ...ranges.map(({ path }) => ({ label: path.join('.'), value: 'a seal of the number, this copy’s own' })),
    ...(hasStatus ? [{ label: 'place in a status list', value: 'this copy’s own' }] : []),
  ];
}

const namesOf = (claims: CredentialRecord['claims']): string => claims.map(({ path }) => path.join('.')).join(', ');

function linkabilityOf(records: readonly CredentialRecord[], learn: PlanView['learn']): Linkability {
  if (records.some(({ format }) => format === 'self') && !records.some(wasShown)) return 'same_key';
  if (learn.some(tellsMore)) return 'identifying';
  if (records.every(({ format }) => format !== undefined)) return 'unlinkable';
  return records.some(wasShown) ? 'reused' : 'single_use';
}

/** A plain yes or no is shared by many; any other value may be one person's alone, and so may what lies closed. */
const tellsMore = ({ derived, value }: PlanView['learn'][number]): boolean =>
  !derived && value !== 'yes' && value !== 'no';

/** The person's yes to what they saw. */
export interface ProofConsent {
  readonly requestId: string;
  readonly digest: string;
  readonly extras?: readonly string[];
  /** A permission beyond this once. */
  readonly always?: GrantOrder;
  readonly opener?: Opener;
}

/**
 * The person's yes. Signs, then writes in one transaction: the finished presentation under its request, the instance
 * as used, what the site knows now, the rule for the times to come if they said "always", the entry in the log. Only
 * then does the document get those very bytes. What lies in a compartment is opened for that long, with the opener.
 * @throws SignetError `changed` when what was shown no longer stands; `not_found` when the request has ended, or what
 *   was opened is not what the site accepts; `bad_request`: field `opener` when one is needed, `always…` when more is
 *   to be allowed than is shown; `wrong_password`, `wait`
 */
export async function allowProof(services: Services, consent: ProofConsent): Promise<void> {
  const request = services.queue.get(consent.requestId);
  if (request === undefined || request.state.phase === 'refusing') throw ended();
  if (isLinkAnswered(request)) return;
  if (request.state.phase === 'answered') {
    services.deliver(request);
    return;
  }
  // A permit would be for whoever sends links that name this site: so it is once, each time.
  assertField(!cameByLink(request) || consent.always === undefined, 'always', 'What comes by a link is allowed once.');
  assertField(request.agent === undefined || consent.always === undefined, 'always', 'An agent is allowed this once.');
  const vault = await services.keeper.open();
  await assertIdentified(services, request);
  const ways = await waysToAnswer(services, vault, request, consent.extras);
  const { plan } = planOf(ways, consent.digest);
  const grant =
    consent.always === undefined ? undefined : grantRule(consent.always, plan, request.origin, services.clock());
  const answer: PersonsAnswer = { plan, policy: ways.judge.policy.hash, ...(grant === undefined ? {} : { grant }) };
  if (plan.compartments.length === 0 || consent.opener === undefined) {
    await answerByPerson(services, request, { ...answer, vault });
  } else {
    await withOpener(consent.opener, (opener) =>
      services.keeper.grant(opener, (opened) =>
        answerByPerson(services, request, {
          ...answer,
          vault: opened.vault,
          open: (name) => opened.compartment(opened.vault, name),
        }),
      ),
    );
  }
  if (grant !== undefined) await policyChanged(services);
}

/** A way to answer, and the policy set it was weighed by. */
interface ChosenAnswer {
  readonly plan: ProofPlan;
  /** Hash of the set: another one in force meanwhile makes the answer void. */
  readonly policy: string;
}

interface PersonsAnswer extends ChosenAnswer {
  /** The rule that "always" makes. */
  readonly grant?: Rule;
}

/** What an answer is made with. */
interface Making {
  readonly vault: OpenVault;
  readonly open?: OpenCompartment;
}

const isOfPage = (request: PageRequest): boolean => !cameByLink(request) && request.agent === undefined;

async function answerByPerson(
  services: Services,
  request: PageRequest,
  { grant, ...answer }: PersonsAnswer & Making,
): Promise<void> {
  const { plan } = answer;
  const { origin: subject } = request;
  await present(services, request, answer, async (tx, { judge, judgement, at }) => {
    if (judgement.verdict === 'DENY') throw outdated();
    // A yes to a link is none to a site that asks by itself: what it may do stands as it stood.
    if (isOfPage(request)) await confirmRules(tx, permitsToConfirm(judge.explain(plan)), at);
    await inBrowser(request)(tx);
    if (request.agent !== undefined) return; // what it may do without asking is said where its limits are
    const claims = plan.claims.map(({ claim }) => claim);
    await countAnswers(tx, { subject, claims, answer: 'allowed', at });
    if (grant === undefined) return;
    await services.book.save(tx, (set) => withGrant(set, grant), { at });
    await tx.log({ kind: 'rule.saved', subject, claims: grant.claims === '*' ? [] : grant.claims, rules: [grant.id] });
  });
}

/**
 * The person's yes from afar: once, to a way that opens no compartment.
 * @param request as it waits, or a narrower one in its place
 * @param along what becomes true with the answer
 * @throws SignetError `changed` when the rules do not let it go any more, and as `present`
 */
export async function answerFromAfar(
  services: Services,
  request: PageRequest,
  answer: ChosenAnswer & Making,
  along: AlongAnswer,
): Promise<void> {
  await present(services, request, answer, async (tx, { judgement }) => {
    if (judgement.verdict === 'DENY') throw outdated();
    await along(tx);
  });
}

/**
 * A standing rule's yes, decided once more within the transaction that answers: with the counts as they stand there,
 * so that nothing is used twice, and nothing that is used up is used.
 * @throws SignetError changed when the rules do not permit it any more
 */
export async function answerByRule(
  services: Services,
  request: PageRequest,
  answer: ChosenAnswer & Making,
): Promise<void> {
  await present(services, request, answer, async (tx, { judgement, at }) => {
    if (judgement.verdict !== 'PERMIT') throw outdated();
    for (const use of usesIn(judgement)) await countUse(tx, { ...use, subject: askerOf(request), at });
  });
}

const outdated = (): SignetError =>
  new SignetError('changed', 'Your rules have changed meanwhile. Nothing was sent; please look again.');

/** What stands within the transaction that answers. */
interface Moment {
  readonly judge: Judge;
  readonly judgement: Judgement;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What else becomes true with an answer, or why it must not become true. */
type Along = (tx: LoggedTx, moment: Moment) => Promise<void>;

/** Makes an answer, or says in the log that it could not be made. */
async function present(
  services: Services,
  request: PageRequest,
  answer: ChosenAnswer & Making,
  along: Along,
): Promise<void> {
  try {
    await settle(services, request, answer, along);
  } catch (error) {
    // What went wrong is told all the same where it cannot be logged.
    if (isFailedProof(error)) await Promise.allSettled([logFailedProof(services, answer.plan)]);
    throw error;
  }
}

async function settle(
  services: Services,
  request: PageRequest,
  { plan, policy, vault, open }: ChosenAnswer & Making,
  along: Along,
): Promise<void> {
  const { clock } = services;
  const log = new AuditLog(vault, { clock, policy });
  using bundle = await plan.gather({ requestId: request.id, digest: plan.digest }, vault, open);
  const bound = await bundle.bind(clock, services.provers);
  const { manifest, used } = bound;
  const result = await askedProof(request).answer(bound);
  const settled = await keepAnswer(services, request, result, ({ write, expected }) =>
    log.transact(async (tx) => {
      const judge = await Judge.of(tx, services, request, plan.request.page.purpose);
      if (judge.policy.hash !== policy) throw outdated();
      const moment = { judge, judgement: judge.plan(plan), at: clock() };
      for (const { credentialId, instanceId } of used) await consumeInstance(tx, credentialId, instanceId, moment.at);
      await along(tx, moment);
      await noteLearned(tx, request, plan.claims, moment.at);
      await logJudged(tx, manifest, moment.judgement);
      tx.raw(write);
      tx.expect(expected);
    }),
  );
  if (settled.state.phase === 'answered') services.deliver(settled);
  services.announce('requests');
  services.announce('credentials');
  services.announce('policy');
  services.announce('audit');
}

/** An answer to a document ends its request. One by a link is kept with it until it has arrived: see `Outbox`. */
function keepAnswer(
  { queue, clock }: Services,
  request: PageRequest,
  result: Json,
  commit: (change: AnswerWrite) => Promise<void>,
): Promise<PageRequest> {
  if (request.method !== 'presentLink') return queue.settle(request.id, { ok: true, result }, commit);
  return queue.setData(request.id, keptAnswer(madeAnswer(result, clock())), commit);
}
