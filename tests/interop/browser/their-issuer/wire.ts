import { randomBytes } from 'node:crypto';
import type { HttpMethod } from '@openid4vc/oauth2';
import type { Received, Reply, Route } from '../../../e2e/setup/harness.ts';
import type { Members } from '../foreign-verifier.ts';

/** What a desk answers, by path. */
export type Routes = Readonly<Record<string, Extract<Route, (received: Received) => unknown>>>;

export const random = (): string => randomBytes(16).toString('base64url');

export const json = (value: unknown, status = 200): Reply => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(value),
});

export const refuse = (error: string, status = 400): Reply => json({ error }, status);

export const seeOther = (location: string): Reply => ({ status: 303, headers: { location } });

export const withHeader = (reply: Reply, name: string, value: string): Reply => ({
  ...reply,
  headers: { ...reply.headers, [name]: value },
});

/** A part of a JWT. */
export const partOf = (jwt: string | undefined, part: 0 | 1): Members =>
  JSON.parse(Buffer.from(jwt?.split('.')[part] ?? '', 'base64url').toString() || '{}') as Members; // an object, or a library refuses it

export const queryOf = ({ path }: Received): URLSearchParams => new URL(path, 'http://localhost').searchParams;

export const formOf = ({ body }: Received): URLSearchParams => new URLSearchParams(body);

/** A request as the libraries want to see it. */
export function requestOf(origin: string, { method, path, headers }: Received) {
  const names = new Headers();
  for (const [name, value] of Object.entries(headers)) names.set(name, String(value));
  return { method: method as HttpMethod, url: `${origin}${path}`, headers: names }; // a method of HTTP
}
