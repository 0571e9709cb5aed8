import type { Json } from '../core/index.ts';
import { SignetError } from '../core/index.ts';
import { consumeInstance } from '../credentials/index.ts';
import type { CredentialRecord, OpenCompartment } from '../credentials/index.ts';
import type { Linkability, Opener, PlanView, ProofWaiting } from '../messaging/contract.ts';
import { ProofRequest, wasShown } from '../proofs/index.ts';
import type { ProofPlan } from '../proofs/index.ts';
import type { ProofRequest as PageProofRequest } from '../provider/types.ts';
import type { PageRequest } from '../requests/index.ts';
import type { OpenVault } from '../vault/index.ts';
import { openLog } from './open-log.ts';
import { withOpener } from './opener.ts';
import type { Services } from './services.ts';

/** Tell the person that single-use copies are running out from this many on. */
const FEW_LEFT = 3;

/** The request as stage one of the pipeline. @throws SignetError unsupported when no vault could answer it */
function admitProof(request: Pick<PageRequest, 'id' | 'origin' | 'params'>): ProofRequest {
  const page = request.params as unknown as PageProofRequest; // rebuilt from its schema before it was queued
  return ProofRequest.admit({ requestId: request.id, origin: request.origin }, page);
}

/** What the consent window shows of a proof request. Opens nothing while the vault is locked. */
export async function viewProof(
  services: Services,
  request: PageRequest,
): Promise<Pick<ProofWaiting, 'kind' | 'purpose' | 'asked' | 'state'>> {
  const admitted = admitProof(request);
  const { asked, page } = admitted;
  return { kind: 'proof', purpose: page.purpose, asked, state: await viewState(services, admitted) };
}

async function viewState(services: Services, request: ProofRequest): Promise<ProofWaiting['state']> {
  const vault = await services.keeper.state();
  if (vault === 'none') return { step: 'no_vault' };
  if (vault === 'locked') return { step: 'locked' };
  try {
    const plans = await request.plan(await services.keeper.open(), services.clock);
    if (plans.length > 0) return { step: 'ready', plans: plans.map(viewPlan) };
  } catch (thrown) {
    return { step: 'failed', message: SignetError.from(thrown).message }; // it can still be seen, and denied
  }
  return { step: 'nothing', missing: request.asked, issuers: request.page.issuers ?? [] };
}

function viewPlan(plan: ProofPlan): PlanView {
  const { digest, choice, views } = plan;
  const records = choice.map(({ record }) => record);
  const learn = views.flatMap((view) => view.learn);
  const left = Math.min(...records.map(({ instances }) => instances.length - 1));
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
    alsoSent: records.flatMap(machineryOf),
    hidden: [...new Set(views.flatMap((view) => view.hidden))],
    linkability: linkabilityOf(records, learn),
    compartments: plan.compartments,
    maybeUsed: plan.maybeUsed,
    ...(left <= FEW_LEFT ? { fewLeft: left } : {}),
    raw: JSON.stringify(
      choice.map(({ record, rows }) => ({
        vct: record.vct,
        iss: record.issuer.origin,
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
function machineryOf({ vct, issuer, issuedAt, expiresAt, hasStatus }: CredentialRecord): PlanView['alsoSent'] {
  return [
    { label: 'issuer', value: issuer.origin },
    { label: 'kind of credential', value: vct },
    ...(issuedAt === undefined ? [] : [{ label: 'issued on', value: day(issuedAt) }]),
    ...(expiresAt === undefined ? [] : [{ label: 'valid until', value: day(expiresAt) }]),
    { label: 'key of this copy', value: 'made for this copy alone' },
    ...(hasStatus ? [{ label: 'place in a status list', value: 'this copy’s own' }] : []),
  ];
}

function linkabilityOf(records: readonly CredentialRecord[], learn: PlanView['learn']): Linkability {
  if (learn.some(({ derived }) => !derived)) return 'identifying';
  return records.some(wasShown) ? 'reused' : 'single_use';
}

/**
 * The person's yes. Signs, then writes in one transaction: the finished presentation under its request, the instance
 * as used, the entry in the log. Only then does the document get those very bytes. What lies in a compartment is opened
 * for that long, with the opener.
 * @throws SignetError `changed` when what was shown no longer stands; `not_found` when the request has ended, or what
 *   was opened is not what the site accepts; `bad_request`, field `opener`, when one is needed; `wrong_password`, `wait`
 */
export async function allowProof(
  services: Services,
  consent: { readonly requestId: string; readonly digest: string; readonly opener?: Opener },
): Promise<void> {
  const request = services.queue.get(consent.requestId);
  if (request === undefined) {
    throw new SignetError('not_found', 'This request has ended. Your activity shows whether anything was sent.');
  }
  if (request.state.phase === 'answered') {
    services.deliver(request);
    return;
  }
  const vault = await services.keeper.open();
  const plans = await admitProof(request).plan(vault, services.clock);
  const plan = plans.find(({ digest }) => digest === consent.digest);
  if (plan === undefined) throw new SignetError('changed', 'What would be shown has changed. Please look again.');
  if (plan.compartments.length === 0 || consent.opener === undefined)
    return present(services, request, { plan, vault });
  await withOpener(consent.opener, (opener) =>
    services.keeper.grant(opener, (grant) =>
      present(services, request, { plan, vault: grant.vault, open: (name) => grant.compartment(grant.vault, name) }),
    ),
  );
}

async function present(
  services: Services,
  request: PageRequest,
  { plan, vault, open }: { readonly plan: ProofPlan; readonly vault: OpenVault; readonly open?: OpenCompartment },
): Promise<void> {
  const log = await openLog(services);
  using bundle = await plan.gather({ requestId: request.id, digest: plan.digest }, vault, open);
  const { response, manifest, used } = bundle.bind(services.clock);
  const result = response as unknown as Json; // strings, numbers and disclosed JSON, by its type
  const settled = await services.queue.settle(request.id, { ok: true, result }, ({ write, expected }) =>
    log.transact(async (tx) => {
      for (const { credentialId, instanceId } of used) await consumeInstance(tx, credentialId, instanceId);
      await tx.log(manifest);
      tx.raw(write);
      tx.expect(expected);
    }),
  );
  services.deliver(settled);
  services.announce('requests');
  services.announce('credentials');
  services.announce('audit');
}
