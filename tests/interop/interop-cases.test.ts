import { beforeAll, describe, expect, test } from 'vitest';
import type { Place } from '../../demo/interop/case.ts';
import { CASES } from '../../demo/interop/cases.ts';
import { only } from '../../demo/interop/hostile.ts';
import { createSigners } from '../../demo/interop/verifier.ts';
import { parseOrigin } from '../../lib/core/index.ts';
import type { DcApiCall, ReadRequest, Verifier } from '../../lib/protocols/openid4vp/index.ts';
import { identifyVerifier, readDcApiRequest } from '../../lib/protocols/openid4vp/index.ts';
import type { PageRequest } from '../../lib/sdk/index.ts';
import { createRequest } from '../../lib/sdk/index.ts';

const ORIGIN = parseOrigin('http://localhost:8080', 'origin');

let place: Place;

beforeAll(async () => {
  place = { origin: ORIGIN, type: 'http://localhost:9090/driving-licence', signers: await createSigners('localhost') };
});

/** What Signet makes of a request before anybody is asked, and once they are. */
async function read({ digital }: PageRequest): Promise<{ readonly request: ReadRequest; readonly verifier: Verifier }> {
  const [call] = digital.requests;
  if (call === undefined) throw new Error('Nothing is asked.');
  const request = readDcApiRequest({ protocol: call.protocol as DcApiCall['protocol'], data: call.data }, ORIGIN);
  return { request, verifier: await identifyVerifier(request, { origin: ORIGIN, now: Date.now(), anchors: [] }) };
}

describe('Signet', () => {
  test.each(CASES.flatMap((one) => ('ask' in one ? [one] : [])))('reads $id as it was asked', async (one) => {
    const asked = one.ask(place);
    const question = asked.dcql_query === undefined ? { claims: 'age_over_21', types: [place.type] } : {};
    const { request, session } = await createRequest({ ...question, ...asked, origin: ORIGIN });
    const { request: seen, verifier } = await read(one.protocol === undefined ? request : only(request, one.protocol));
    expect(seen.params.query).toEqual(session.query);
    expect(seen.params.nonce).toBe(session.nonce);
    expect(seen.params.reply.mode).toBe(session.params['response_mode']);
    const expected =
      one.protocol === undefined || one.protocol.endsWith('unsigned') ? 'unsigned' : /^(?:certificate|did)$/;
    expect(verifier.kind).toMatch(expected);
  });

  test.each(CASES.flatMap((one) => ('make' in one ? [one] : [])))('refuses $id', async ({ make }) => {
    await expect(read(await make(place))).rejects.toMatchObject({
      name: 'SignetError',
      reason: expect.stringMatching(/^(?:bad_request|unsupported)$/) as string,
    });
  });
});
