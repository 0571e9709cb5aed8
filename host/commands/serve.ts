import type { Exit } from '../command.ts';
import { EXIT, UsageError } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { policyFolder } from '../keeping/policy-folder.ts';
import { printJson, printLines } from '../printable.ts';
import { readText } from '../read-text.ts';
import type { ConfigurationReading } from '../verification/configuration/read.ts';
import { describeConfigurationProblem, readConfiguration } from '../verification/configuration/read.ts';
import { isLoopbackHost } from '../verification/listening.ts';
import { RequestLog } from '../verification/request-log.ts';
import { startVerification } from '../verification/serve.ts';

const LOOPBACK = '127.0.0.1';
const USUAL_PORT = '3000';

export const serveCommand = defineCommand({
  operands: '',
  options: {
    transport: { type: 'string', value: 'http', about: 'how it is asked' },
    port: { type: 'string', value: 'PORT', about: `where it listens (${USUAL_PORT}); 0 for a free port` },
    host: { type: 'string', value: 'ADDRESS', about: `on which address (${LOOPBACK})` },
    config: { type: 'string', value: 'FILE', about: "a configuration that is not the folder's" },
    check: { type: 'boolean', about: 'reads the configuration, says what is wrong with it, and ends' },
    fresh: { type: 'boolean', about: 'no proof was accepted before: takes those that are older than this start' },
    json: { type: 'boolean', about: 'says where it listens, or what is wrong, for machines' },
  },
  notes: [
    'Verifies proofs for your own services: POST /verify {proof, claim, audience, nonce}.',
    "The configuration is the folder's verification.yaml, YAML or JSON: whom it trusts, and for which audiences.",
    'Without --fresh a server that remembers nothing accepts no proof in its first half minute, and none from before.',
    'Writes its log to standard error. SIGTERM and SIGINT end it, once what runs is answered, ten seconds at most.',
    'Exits with 0 when it ended so, 1 when something was cut off or the configuration is wrong, 2 when it cannot be tried.',
  ],
  async run({ values }) {
    const { transport = 'http', port = USUAL_PORT, host = LOOPBACK, config, check, fresh, json } = values;
    if (transport !== 'http') throw new UsageError('--transport takes http.');
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
      throw new UsageError('--port takes a number from 0 to 65535.');
    const reading = readConfiguration(readText(config ?? policyFolder().verification).text);
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
    await stopped;
    return (await running.stop()) ? EXIT.good : EXIT.bad;
  },
});

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
