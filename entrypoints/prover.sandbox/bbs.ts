import { SignetError } from '../../lib/core/index.ts';
import { presentBbs, readBbsCredential, verifyIssuedBbs } from '../../lib/credentials/bbs/index.ts';
import type { BbsJob, BbsPlusJob, BbsResult, IssuedJob, IssuedResult } from '../../lib/prover/index.ts';

/** Each suite brings its library when it is first used; the job says which it expects. */
export async function deriveBbs(job: BbsJob | BbsPlusJob): Promise<BbsResult> {
  const credential = readBbsCredential(job.credential);
  if (credential.suite !== job.kind) {
    throw new SignetError('bad_request', 'The credential is of the other suite.', { field: 'credential' });
  }
  return { proof: await presentBbs(credential, job.key, job.disclose, job.binding) };
}

export const checkIssued = async ({ credential, key }: IssuedJob): Promise<IssuedResult> => ({
  genuine: await verifyIssuedBbs(readBbsCredential(credential), key),
});
