import type { Server } from 'node:http';
import { STATUS_CODES, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { SignetError } from '../../../lib/core/index.ts';
import type { Limits } from '../configuration/schema.ts';
import type { Answerer } from './answer.ts';

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
 * can still be told from those before it.
 */
export class HttpServer {
  readonly #server: Server;
  readonly #answerer: Answerer;
  /** Requests of a connection that are not answered yet. */
  readonly #open = new WeakMap<Duplex, number>();
  readonly #broken = new WeakSet<Duplex>();

  constructor(limits: Limits, answerer: Answerer) {
    this.#answerer = answerer;
    this.#server = createServer({
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
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    clearTimeout(timer);
    return isWhole;
  }

  #answer(...[request, response, continues]: Parameters<Answerer['answer']>): void {
    const { socket } = request;
    this.#open.set(socket, (this.#open.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const left = (this.#open.get(socket) ?? 1) - 1;
      this.#open.set(socket, left);
      if (left === 0 && this.#broken.has(socket)) socket.destroy();
    });
    this.#answerer.answer(request, response, continues).catch(() => socket.destroy());
  }

  /** Behind requests that wait for their answer a refusal would be taken for one of theirs: the connection just ends. */
  #refuse(code: string | undefined, socket: Duplex): void {
    this.#broken.add(socket);
    if ((this.#open.get(socket) ?? 0) > 0) return;
    if (code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const status = STATUS_OF[code ?? ''] ?? 400;
    const body = JSON.stringify({
      error: { reason: 'bad_request', message: 'This is no request of HTTP that is taken here.' },
    });
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'content-type: application/json; charset=utf-8',
      `content-length: ${body.length}`,
      'cache-control: no-store',
      'connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
    // Closed at once, with bytes unread, the client's system may throw the answer away.
    setTimeout(() => socket.destroy(), LINGER).unref();
  }
}

const STATUS_OF: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
