import { describe, expect, test } from 'vitest';
import { json } from '../../../../host/verification/http/reply.ts';
import { Refusal, refusalOf } from '../../../../host/verification/http/reply.ts';
import type { Route } from '../../../../host/verification/http/routes.ts';
import { findRoute } from '../../../../host/verification/http/routes.ts';
import { SignetError } from '../../../../lib/core/index.ts';

const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/health', answer: () => json(200, {}) },
  { method: 'POST', path: '/verify', answer: () => json(200, {}) },
];

function found(method: string, target: string): string | number {
  try {
    const one = findRoute(ROUTES, method, target);
    return one.kind === 'route' ? one.route.path : one.allow;
  } catch (error) {
    return error instanceof Refusal ? error.status : 'broken';
  }
}

describe('a route', () => {
  test.each([
    ['GET', '/health', '/health'],
    ['HEAD', '/health', '/health'],
    ['GET', '/health?x=1', '/health'],
    ['POST', '/verify', '/verify'],
    ['OPTIONS', '/verify', 'POST'],
    ['OPTIONS', '/health', 'GET, HEAD'],
    ['POST', '/health', 405],
    ['GET', '/verify', 405],
    ['HEAD', '/verify', 405],
    ['get', '/health', 405],
    ['GET', '/', 404],
    ['GET', '/health/', 404],
    ['GET', '//health', 404],
    ['GET', '/%68ealth', 404],
    ['GET', '/constructor', 404],
    ['GET', 'http://localhost/health', 400],
    ['OPTIONS', '*', 400],
    ['GET', '', 400],
  ])('for %s %s is %s', (method, target, expected) => {
    expect(found(method, target)).toBe(expected);
  });
});

describe('an error', () => {
  test.each([
    ['bad_request', 400],
    ['unsupported', 400],
    ['status_unknown', 503],
    ['network', 503],
    ['too_many', 503],
    ['internal', 500],
    ['vault_damaged', 500],
  ] as const)('of reason %s is answered with %s', (reason, status) => {
    const { headers, status: given } = refusalOf(new SignetError(reason, 'Why.', { field: 'x' })).toReply('id');
    expect(given).toBe(status);
    expect(headers['retry-after'] !== undefined).toBe(status === 503);
  });

  test('that nobody expected tells nothing of itself', () => {
    const { body } = refusalOf(new TypeError('proof eyJhbGciOi… is odd')).toReply('id');
    expect(body).not.toContain('eyJ');
    expect(JSON.parse(body)).toMatchObject({ error: { reason: 'internal' }, request: 'id' });
  });
});
