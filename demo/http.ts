import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

/** One request, its body read. */
export interface Asked {
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

/** One answer. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** `METHOD /path` → what answers it; `METHOD /folder/*` answers for every name in a folder that has no route of its own. */
export type Routes = ReadonlyMap<string, (asked: Asked) => Reply | Promise<Reply>>;

/** A demo server that runs. */
export interface Running {
  /** For example `http://127.0.0.1:41234`. */
  readonly origin: string;
  close(): Promise<void>;
}

/** The wrong kind of request: answered with its status and its message. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** An answer in JSON, never cached. */
export const json = (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
  body: JSON.stringify(value),
});

/** The JSON object in a request's body. @throws Refusal when it is none, or not declared as JSON */
export function objectIn({ headers, body }: Asked): Record<string, unknown> {
  if (!/^application\/json\b/.test(headers.get('Content-Type') ?? '')) throw new Refusal(415, 'Send JSON.');
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // answered below, like every other body that is no object
  }
  throw new Refusal(400, 'The body is not a JSON object.');
}

/** A cookie that no script reads and no other site's page sends. @param maxAge seconds */
export const cookie = (name: string, value: string, maxAge: number): string =>
  `${name}=${value}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${maxAge}`;

/** What a cookie of ours carries; empty where there is none. */
export function cookieIn({ headers }: Asked, name: string): string {
  const pairs = (headers.get('Cookie') ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([key]) => key === name)?.[1] ?? '';
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Nothing but our own files, no frames, no markup made of strings. */
const PAGE_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

/** A file of a page, under the policy that pages have here. @param type its media type */
export const pageFile = (type: string, body: string | Buffer): Reply => ({
  status: 200,
  headers: { 'Content-Type': type, ...PAGE_HEADERS },
  body,
});

/** Routes for every file of a folder; `index.html` is also `/`. */
export async function pageRoutes(folder: string): Promise<[string, () => Reply][]> {
  const names = await readdir(folder);
  const routes = await Promise.all(
    names.map(async (name): Promise<[string, () => Reply][]> => {
      const type = TYPES[extname(name)] ?? 'application/octet-stream';
      const body = await readFile(join(folder, name));
      const answer = (): Reply => pageFile(type, body);
      return name === 'index.html' ? [['GET /', answer]] : [[`GET /${name}`, answer]];
    }),
  );
  return routes.flat();
}

/** Where a server listens. */
export interface Place {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Is given every byte that arrives, as it arrives. */
  readonly onBytes?: (bytes: Buffer) => void;
}

/**
 * Starts a server.
 * @param routesFor makes the routes, once the origin is known
 */
export async function startServer(
  { host, port, onBytes }: Place,
  routesFor: (origin: string) => Promise<Routes>,
): Promise<Running> {
  const server = createServer();
  if (onBytes !== undefined) server.on('connection', (socket) => socket.on('data', onBytes));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const address = server.address() as AddressInfo; // listening on a port, so the address is not a pipe's name
  const origin = `http://${host}:${address.port}`;
  const routes = await routesFor(origin);
  server.on('request', (request, response) => {
    void answer(request, origin, routes).then((reply) => send(response, reply));
  });
  return {
    origin,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, headers).end(body);
}

async function answer(request: IncomingMessage, origin: string, routes: Routes): Promise<Reply> {
  try {
    const url = new URL(request.url ?? '/', origin);
    // A page elsewhere may name this machine as its own host: only our own name is answered.
    if (request.headers.host !== new URL(origin).host) throw new Refusal(421, `This server is ${origin}.`);
    const route = routeOf(routes, request.method ?? '', url.pathname);
    if (route === undefined) throw new Refusal(404, 'There is nothing here.');
    const headers = new Headers(
      Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]),
    );
    return await route({ url, headers, body: await bodyOf(request) });
  } catch (thrown) {
    if (thrown instanceof Refusal) return json({ error: thrown.message }, thrown.status);
    console.error(thrown);
    return json({ error: 'Something went wrong here.' }, 500);
  }
}

const routeOf = (routes: Routes, method: string, path: string) =>
  routes.get(`${method} ${path}`) ?? routes.get(`${method} ${path.replace(/[^/]+$/, '*')}`);

const MAX_BODY = 256 * 1024;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY) throw new Refusal(413, 'The body is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
