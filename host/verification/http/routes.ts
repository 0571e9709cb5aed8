import type { Json } from '../../../lib/core/index.ts';
import { Refusal } from './reply.ts';
import type { Reply } from './reply.ts';

/** What answers: with the JSON of the body where there has to be one. */
export type Route =
  | { readonly method: 'GET'; readonly path: string; readonly answer: () => Reply | Promise<Reply> }
  | { readonly method: 'POST'; readonly path: string; readonly answer: (body: Json) => Reply | Promise<Reply> };

export type Found =
  { readonly kind: 'route'; readonly route: Route } | { readonly kind: 'preflight'; readonly allow: string };

/** Finds the route of a request. HEAD is GET without a body. @throws Refusal 400, 404 or 405 */
export function findRoute(routes: readonly Route[], method: string, target: string): Found {
  if (!target.startsWith('/')) throw new Refusal(400, 'bad_request', 'Ask for a path.', { field: 'path' });
  const [path] = target.split('?', 1);
  const here = routes.filter((route) => route.path === path);
  if (here.length === 0) throw new Refusal(404, 'not_found', 'There is nothing here.');
  const allow = here.flatMap((route) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method])).join(', ');
  if (method === 'OPTIONS') return { kind: 'preflight', allow };
  const route = here.find((one) => one.method === (method === 'HEAD' ? 'GET' : method));
  if (route === undefined) throw new Refusal(405, 'wrong_method', `Ask by ${allow}.`, { headers: { allow } });
  return { kind: 'route', route };
}
