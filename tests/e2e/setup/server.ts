import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** SHA-256 of the public key of tests/fixtures/tls, which is good for localhost and `*.example` and signed by nobody. */
export const TEST_CERTIFICATE_SPKI = 'bgxbYedTGWvroI0cHUzY0cy/8H75q7kBWjNSstfqxBE=';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A string is an HTML document. */
export type Route = string | Reply | ((received: Received) => Reply | string | Promise<Reply | string>);

export interface TestServer extends AsyncDisposable {
  readonly port: number;
  /** `http://HOST:PORT`, or https where it serves that. Hosts other than localhost need `hosts` at launch. */
  origin(host?: string): string;
  /** Adds or replaces what a path answers. The query is not part of the path. */
  route(path: string, route: Route): void;
  /** Everything that was asked of it so far. */
  readonly received: readonly Received[];
  close(): Promise<void>;
}

const NOT_FOUND: Reply = { status: 404, body: 'not found' };
const HTML = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };

/** A web server on a free port of this machine, with an answer for each path. */
export async function serve(routes: Readonly<Record<string, Route>> = {}, { tls = false } = {}): Promise<TestServer> {
  const table = new Map(Object.entries(routes));
  const received: Received[] = [];

  const answer: RequestListener = (request, response) => {
    const respond = async (): Promise<void> => {
      const got = await read(request);
      received.push(got);
      const route = table.get(new URL(got.path, 'http://localhost').pathname) ?? NOT_FOUND;
      const replied = typeof route === 'function' ? await route(got) : route;
      const reply = typeof replied === 'string' ? { body: replied } : replied;
      response.writeHead(reply.status ?? 200, { ...HTML, ...reply.headers }).end(reply.body ?? '');
    };
    respond().catch((error: unknown) => {
      response.writeHead(500, HTML).end(String(error));
    });
  };

  const server = tls ? createTlsServer(await testCertificate(), answer) : createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, resolve));
  // A server that listens on TCP has an address of this kind.
  const { port } = server.address() as AddressInfo;

  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };

  return {
    port,
    received,
    origin: (host = 'localhost') => `${tls ? 'https' : 'http'}://${host}:${port}`,
    route: (path, route) => void table.set(path, route),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  // A request is a stream of buffers as long as nobody sets an encoding on it.
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    method: request.method ?? '',
    path: request.url ?? '/',
    headers: request.headers,
    body: Buffer.concat(chunks).toString(),
  };
}

async function testCertificate(): Promise<{ key: Buffer; cert: Buffer }> {
  const folder = new URL('../../fixtures/tls/', import.meta.url);
  const [key, cert] = await Promise.all(['key.pem', 'certificate.pem'].map((name) => readFile(new URL(name, folder))));
  if (key === undefined || cert === undefined) throw new Error('tests/fixtures/tls is incomplete.');
  return { key, cert };
}
