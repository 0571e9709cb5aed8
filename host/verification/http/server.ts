import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { SignetError } from '../../../lib/core/index.ts';
import type { Limits } from '../configuration/schema.ts';
import type { Answerer } from './answer.ts';
import { Refusal, SECURITY_HEADERS } from './reply.ts';

/** Milliseconds: how often late requests are looked for, and how long a client may take to read. */
const CHECK_INTERVAL = 500;
const SILENCE = 30_000;
const LINGER = 1000;

export interface Place {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
}

/**
 * A server of HTTP/1.1 within limits. What is not well-formed is refused before it is a request, with an answer where one
 * can still be told from those before it. Node's HTTP is loaded here: a hook, which is the same file, does not pay for it.
 */
export class HttpServer {
  readonly #server: Server;
  readonly #answerer: Answerer;
  /** Requests of a connection that are not answered yet, each with what breaks it off. */
  readonly #open = new Map<Duplex, Map<IncomingMessage, AbortController>>();
  /** What came last on these is no HTTP. */
  readonly #broken = new WeakSet<Duplex>();

  constructor(limits: Limits, answerer: Answerer) {
    this.#answerer = answerer;
    this.#server = process.getBuiltinModule('node:http').createServer({
      maxHeaderSize: limits.header_bytes,
      headersTimeout: limits.header_seconds * 1000,
      requestTimeout: Math.max(limits.request_seconds, limits.header_seconds) * 1000,
      keepAliveTimeout: limits.idle_seconds * 1000,
      connectionsCheckingInterval: CHECK_INTERVAL,
      requireHostHeader: false, // the gate says what is wrong, in the form of every other answer
      noDelay: true,
    });
    this.#server.maxConnections = limits.connections;
    this.#server.maxHeadersCount = 100;
    this.#server.setTimeout(SILENCE, (socket) => socket.destroy());
    this.#server.on('connection', (socket) => this.#meet(socket));
    this.#server.on('request', (request, response) => this.#answer(request, response, false));
    this.#server.on('checkContinue', (request, response) => this.#answer(request, response, true));
    this.#server.on('clientError', (error: Error & { readonly code?: string }, socket) =>
      this.#refuse(error.code, socket),
    );
    this.#server.on('connect', (_request, socket) => socket.destroy());
  }

  /** @returns the port it listens on @throws SignetError network where it cannot */
  async listen({ host, port }: Place): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      const fail = (cause: Error): void => {
        const code = 'code' in cause ? String(cause.code) : cause.message;
        reject(new SignetError('network', `Signet cannot listen on ${host}, port ${port}: ${code}.`, { cause }));
      };
      this.#server.once('error', fail);
      this.#server.listen({ host, port, backlog: 4096 }, () => {
        this.#server.off('error', fail);
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port; // listening on a port, so the address is not a pipe's name
  }

  /**
   * Takes no more connections, answers what is here, and ends.
   * @param within milliseconds: what is not answered then is cut off
   * @returns whether everything was answered
   */
  async close(within: number): Promise<boolean> {
    this.#answerer.close();
    let isWhole = true;
    const timer = setTimeout(() => {
      isWhole = false;
      this.#server.closeAllConnections();
    }, within);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    // What is no request yet was promised no answer, and Node looks for late ones no longer.
    for (const [socket, open] of this.#open) if (open.size === 0) socket.destroy();
    await closed;
    clearTimeout(timer);
    return isWhole;
  }

  #meet(socket: Duplex): void {
    this.#open.set(socket, new Map());
    socket.once('close', () => this.#open.delete(socket));
  }

  #answer(request: IncomingMessage, response: ServerResponse, continues: boolean): void {
    const { socket } = request;
    const breaking = new AbortController();
    const open = this.#open.get(socket);
    open?.set(request, breaking);
    response.once('close', () => {
      open?.delete(request);
      if (open?.size === 0 && this.#broken.has(socket)) endSoon(socket);
    });
    this.#answerer.answer(request, response, { continues, broken: breaking.signal }).catch(() => socket.destroy());
  }

  /** What comes is no HTTP, or comes too slowly: nothing after it on this connection can be told apart. */
  #refuse(code: string | undefined, socket: Duplex): void {
    this.#broken.add(socket);
    const refusal = refusalFor(code);
    const open = [...(this.#open.get(socket) ?? [])];
    if (code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else if (open.length === 0) endWith(socket, refusal);
    // A request whose body broke is refused in its turn. Behind whole ones a refusal would be taken for one of theirs.
    else open.find(([request]) => !request.complete)?.[1].abort(refusal);
  }
}

function endWith(socket: Duplex, refusal: Refusal): void {
  const { status, headers, body } = refusal.toReply(crypto.randomUUID());
  const lines = Object.entries({ ...SECURITY_HEADERS, ...headers }).map(([name, value]) => `${name}: ${value}`);
  const { STATUS_CODES } = process.getBuiltinModule('node:http');
  const start = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`;
  const head = [start, ...lines, `content-length: ${Buffer.byteLength(body)}`, 'connection: close'].join('\r\n');
  socket.write(`${head}\r\n\r\n${body}`);
  endSoon(socket);
}

/** Destroyed at once, with bytes unread, the client's system may throw the last answer away. */
function endSoon(socket: Duplex): void {
  socket.end();
  setTimeout(() => socket.destroy(), LINGER).unref();
}

function refusalFor(code: string | undefined): Refusal {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Refusal(408, 'too_slow', 'The request did not come in time.');
    case 'HPE_HEADER_OVERFLOW':
      return new Refusal(431, 'too_large', 'The header is too long.');
    default:
      return new Refusal(400, 'bad_request', 'This is no request of HTTP/1.1.');
  }
}
