import { isIP } from 'node:net';
import { SignetError } from '../../lib/core/index.ts';

/** Whether what listens there can be reached from this machine alone. */
export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);

/** Every address of the machine: nobody calls it by that. */
const isEvery = (host: string): boolean => host === '0.0.0.0' || host === '::';

/**
 * What a `Host` header may say to a server.
 * @param host where it listens @param configured hosts by which it is called, with or without a port
 * @throws SignetError bad_request where nobody could name it
 */
export function hostsOf(host: string, port: number, configured: readonly string[]): ReadonlySet<string> {
  if (isEvery(host) && configured.length === 0) {
    throw new SignetError(
      'bad_request',
      `On ${host} every name leads here: say in the configuration, under hosts, by which names it is called.`,
      { field: 'hosts' },
    );
  }
  const own = isLoopbackHost(host)
    ? ['localhost', '127.0.0.1', '[::1]', inUrl(host)]
    : isEvery(host)
      ? []
      : [inUrl(host)];
  const withPort = [...own, ...configured.filter((one) => !/:\d+$/.test(one))].map((one) => `${one}:${port}`);
  return new Set([...withPort, ...configured, ...(port === 80 ? own : [])]);
}

/** An address as it stands in a URL. */
export const inUrl = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host.toLowerCase());
