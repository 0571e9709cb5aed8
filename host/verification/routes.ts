import { VERSION } from '../../lib/provider/version.ts';
import type { Configuration } from './configuration/read.ts';
import type { Reply } from './http/reply.ts';
import { json, retryAfter } from './http/reply.ts';
import type { Route } from './http/routes.ts';
import type { NonceStore } from './nonces/nonce-store.ts';
import type { Verifier } from './verifier.ts';
import { remembersEnough } from './verifier.ts';
import { readVerifyRequest } from './verify-request.ts';

export interface Served {
  readonly configuration: Configuration;
  readonly verifier: Verifier;
  readonly nonces: NonceStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly isClosing: () => boolean;
}

/** All that the server answers. */
export function routesOf(served: Served): readonly Route[] {
  const about = aboutOf(served.configuration);
  return [
    {
      method: 'POST',
      path: '/verify',
      answer: async (body) => verdict(await served.verifier.verify(readVerifyRequest(body))),
    },
    { method: 'GET', path: '/health', answer: () => health(served) },
    { method: 'GET', path: '/health/live', answer: () => json(200, { live: true }) },
    { method: 'GET', path: '/.well-known/signet.json', answer: () => json(200, about) },
  ];
}

const verdict = (result: Awaited<ReturnType<Verifier['verify']>>): Reply =>
  json(200, result, result.valid ? 'valid' : result.reason);

/** Alive since it answers; ready when proofs can be accepted: never where no issuer is trusted. */
async function health({ configuration, nonces, now, isClosing }: Served): Promise<Reply> {
  const state = isClosing()
    ? 'closing'
    : !(await nonces.isReady())
      ? 'gone'
      : remembersEnough(nonces, now())
        ? 'ready'
        : 'too_young';
  const ready = state === 'ready' && configuration.issuers.length > 0;
  const reply = json(ready ? 200 : 503, { live: true, ready, nonces: state });
  return ready ? reply : { ...reply, headers: { ...reply.headers, ...retryAfter(1) } };
}

function aboutOf({ issuers, types, audiences, status, limits }: Configuration) {
  return {
    name: 'signet',
    version: VERSION,
    formats: ['dc+sd-jwt', 'bulletproof'],
    endpoints: { verify: '/verify', health: '/health', live: '/health/live' },
    request: {
      proof: 'text',
      claim: ['NAME', { attribute: 'NAME', value: 'TEXT, NUMBER, true or false; any without it' }],
      claims: [
        'NAME',
        { name: 'NAME', values: ['…'] },
        { name: 'NAME', age_at_least: 21, as_of: 'YYYY-MM-DD, optional' },
        { name: 'NAME', gte: 0, lte: 1 },
      ],
      audience: audiences,
      nonce: 'base64url of 16 bytes or more; answered once',
      types: 'optional, some of those below',
      issuers: 'optional, some of those below',
    },
    issuers: issuers.map((entry) => ({ issuer: entry.issuer, types: entry.types ?? types ?? [] })),
    status,
    limits: { body_bytes: limits.body_bytes },
  };
}
