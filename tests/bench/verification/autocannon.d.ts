/** What is used of autocannon, which comes without types. */
declare module 'autocannon' {
  interface Request {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly setupRequest?: (request: Request) => Request;
  }
  interface Client {
    on(event: 'body', listener: (body: Buffer) => void): void;
  }
  interface Options {
    readonly url: string;
    readonly connections: number;
    readonly amount: number;
    /** Requests a second of all connections; late ones count with the time that they should have been sent. */
    readonly overallRate?: number;
    readonly requests: readonly Request[];
    readonly setupClient: (client: Client) => void;
  }
  interface Result {
    /** Seconds. */
    readonly duration: number;
    /** Milliseconds. */
    readonly latency: { readonly p50: number; readonly p75: number; readonly p99: number };
    readonly '2xx': number;
    readonly non2xx: number;
    readonly errors: number;
    readonly timeouts: number;
  }
  export default function autocannon(options: Options): Promise<Result>;
}
