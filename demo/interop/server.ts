import { join } from 'node:path';
import { postedSessionId, requestObject } from '../../lib/sdk/index.ts';
import type { Asked, Reply, Routes, Running } from '../http.ts';
import { json, objectIn, pageRoutes, Refusal, startServer } from '../http.ts';
import type { BelievedIssuer } from '../shop/believed.ts';
import { papersWithKeys } from '../shop/believed.ts';
import { CASES } from './cases.ts';
import type { Outcome } from './runs.ts';
import { Runs } from './runs.ts';
import { createSigners } from './verifier.ts';

/** The interop page, running. */
export interface RunningInterop extends Running {
  /** How the cases went, oldest first. */
  readonly outcomes: () => readonly Outcome[];
}

/**
 * Starts a verifier that asks in every way that OpenID4VP 1.0 has, and a page that shows what a visitor's wallet makes of it.
 * @param options.issuer whose credentials it asks for
 * @param options.port default: a free one
 */
export async function startInterop(options: {
  readonly issuer: BelievedIssuer;
  readonly port?: number;
  readonly host?: string;
}): Promise<RunningInterop> {
  const { issuer, port = 0, host = 'localhost' } = options;
  const papers = await papersWithKeys([issuer]);
  const [issuers, signers] = [await papers.issuers(), await createSigners(host)];
  const page = await pageRoutes(join(import.meta.dirname, 'page'));
  const started: Runs[] = [];
  const running = await startServer({ host, port }, (origin) => {
    const runs = new Runs({ origin, type: issuer.type, signers }, issuers);
    started.push(runs);
    return Promise.resolve(new Map([...page, ...routesOf(runs, signers.hash)]));
  });
  return { ...running, outcomes: () => started.flatMap(({ outcomes }) => outcomes) };
}

function routesOf(runs: Runs, signing: Parameters<typeof requestObject>[1]['signing']): Routes {
  const fetched = async ({ url, body }: Asked): Promise<Reply> => {
    const session = runs.sessionOf(url.pathname.slice('/request/'.length));
    if (session === undefined) throw new Refusal(404, 'There is no such request.');
    return requestObject(session, { signing, body });
  };
  return new Map<string, (asked: Asked) => Reply | Promise<Reply>>([
    ['GET /cases', () => json(CASES.map(({ id, group, title }) => ({ id, group, title })))],
    ['POST /start', async (asked) => json(await runs.start(objectIn(asked)['id']))],
    [
      'POST /answered',
      async (asked) => {
        const { run, answer, error } = objectIn(asked);
        return json(await runs.decide(run, answer, error));
      },
    ],
    ['GET /outcome', ({ url }) => json(runs.outcomeOf(url.searchParams.get('run') ?? '') ?? {})],
    ['GET /request/*', fetched],
    ['POST /request/*', fetched],
    [
      'POST /posted',
      async ({ body }) => {
        await runs.take(postedSessionId(body), body);
        return json({});
      },
    ],
  ]);
}

if (import.meta.main) {
  const [issuer] = process.argv.slice(2);
  if (issuer === undefined) throw new Error('Say whose licences to ask for: node demo/interop/server.ts ISSUER_ORIGIN');
  const believed = { issuer, type: `${issuer}/driving-licence` };
  const { origin } = await startInterop({ issuer: believed, port: Number(process.env['PORT'] ?? 0) });
  console.log(`What a wallet speaks: ${origin}`);
}
