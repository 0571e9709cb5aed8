import { existsSync } from 'node:fs';
import type { Exit } from '../command.ts';
import { EXIT, UsageError } from '../command.ts';
import { policyFolder } from '../keeping/policy-folder.ts';
import { printJson, printLines } from '../printable.ts';
import { readText } from '../read-text.ts';
import type { ConfigurationReading } from './configuration/read.ts';
import { describeConfigurationProblem, readConfiguration, trustingNobody } from './configuration/read.ts';
import { isLoopbackHost } from './listening.ts';
import { RequestLog } from './request-log.ts';
import { startVerification } from './serve.ts';

const LOOPBACK = '127.0.0.1';
const USUAL_PORT = '3000';

/** As they were given to the command. */
export interface HttpOptions {
  readonly port: string | undefined;
  readonly host: string | undefined;
  readonly config: string | undefined;
  readonly check: boolean;
  readonly fresh: boolean;
  readonly json: boolean;
}

/** Serves the verification of proofs over HTTP until a signal, or only reads the configuration. @throws UsageError */
export async function serveOverHttp({
  port = USUAL_PORT,
  host = LOOPBACK,
  config,
  check,
  fresh,
  json,
}: HttpOptions): Promise<Exit> {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new UsageError('--port takes a number from 0 to 65535.');
  const file = policyFolder().verification;
  const isConfigured = config !== undefined || check || existsSync(file);
  const reading = isConfigured ? readConfiguration(readText(config ?? file).text) : UNCONFIGURED;
  if (check || reading.configuration === undefined) return tellReading(reading, json);
  const { configuration } = reading;
  const log = new RequestLog({ write: writeLog, now: Date.now, least: configuration.log });
  process.stderr.on('error', () => undefined); // whoever reads the log no more does not end the server
  const stopped = signalled();
  const running = await startVerification({
    configuration,
    place: { host, port: Number(port) },
    isFresh: fresh,
    log,
  });
  if (json) printJson({ listening: { url: running.url, host, port: running.port } });
  else printLines([`Signet verifies at ${running.url}/verify`, ...(isLoopbackHost(host) ? [] : OPEN_WARNING)]);
  if (!isLoopbackHost(host)) log.add({ level: 'warn', event: 'open', detail: OPEN_WARNING.join(' ') });
  if (!isConfigured)
    log.add({ level: 'warn', event: 'unconfigured', detail: `Nothing is valid: write ${file} to say whom it trusts.` });
  await stopped;
  return (await running.stop()) ? EXIT.good : EXIT.bad;
}

const UNCONFIGURED: ConfigurationReading = { configuration: trustingNobody(), problems: [] };

const OPEN_WARNING = [
  'Warning: other machines can reach this address. What they send and are told goes unencrypted:',
  'put a proxy with TLS before it, and let only your own services ask.',
];

function tellReading({ configuration, problems }: ConfigurationReading, json: boolean): Exit {
  const good = configuration !== undefined;
  if (json) printJson({ good, problems });
  else if (good)
    printLines([`Good: ${configuration.issuers.length} issuers, ${configuration.audiences.length} audiences.`]);
  else process.stderr.write(problems.map((one) => `${describeConfigurationProblem(one)}\n`).join(''));
  return good ? EXIT.good : EXIT.bad;
}

/** The first signal to end; at the second, Node ends the process itself. */
const signalled = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });

const writeLog = (text: string): void => {
  process.stderr.write(text);
};
