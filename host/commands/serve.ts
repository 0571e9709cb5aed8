import { VERSION } from '../../lib/provider/version.ts';
import { DEFAULT_AGENT } from '../agents/agent-key.ts';
import { EXIT, UsageError } from '../command.ts';
import type { GivenValues } from '../command.ts';
import { defineCommand } from '../define-command.ts';

const OPTIONS = {
  transport: {
    type: 'string',
    value: 'stdio|http',
    about: 'stdio for an agent, the default; http for your own services',
  },
  agent: { type: 'string', value: 'NAME', about: 'stdio: the agent, where several were paired (signet pair --name)' },
  port: { type: 'string', value: 'PORT', about: 'http: where it listens (3000); 0 for a free port' },
  host: { type: 'string', value: 'ADDRESS', about: 'http: on which address (127.0.0.1)' },
  config: { type: 'string', value: 'FILE', about: "http: a configuration that is not the folder's" },
  check: { type: 'boolean', about: 'http: reads the configuration, says what is wrong with it, and ends' },
  fresh: { type: 'boolean', about: 'http: no proof was accepted before: takes those that are older than this start' },
} as const;

export const serveCommand = defineCommand({
  operands: '',
  options: OPTIONS,
  notes: [
    'Over stdio it has the tools of an agent: a client of the Model Context Protocol starts it, and it ends with the client.',
    'It opens no port then: the wallet in the browser is reached through a socket that is yours alone.',
    'Over http it verifies proofs for your own services: POST /verify {proof, claim, audience, nonce}.',
    "The configuration is the folder's verification.yaml, YAML or JSON: whom it trusts, and for which audiences.",
    'Without --fresh a server that remembers nothing accepts no proof in its first half minute, and none from before.',
    'Writes its log to standard error. SIGTERM and SIGINT end it, once what runs is answered, ten seconds at most.',
    'Exits with 0 when it ended so, 1 when something was cut off or the configuration is wrong, 2 when it cannot be tried.',
  ],
  async run({ values }) {
    switch (values.transport ?? usualTransport(values)) {
      case 'stdio':
        return serveStdio(values);
      case 'http':
        return serveHttp(values);
      default:
        throw new UsageError('--transport takes stdio or http.');
    }
  },
});

type Given = GivenValues<typeof OPTIONS>;

/** What only one of them has says which is meant. */
const usualTransport = (values: Given): string => (asksForHttp(values) ? 'http' : 'stdio');

const asksForHttp = ({ port, host, config, check, fresh, json }: Given): boolean =>
  [port, host, config].some((value) => value !== undefined) || check || fresh || json;

async function serveStdio(values: Given) {
  if (asksForHttp(values)) throw new UsageError('Over stdio there is --agent alone.');
  const { serveOverStdio } = await import('../agents/serve-stdio.ts');
  await serveOverStdio({ agent: values.agent ?? DEFAULT_AGENT, version: VERSION });
  return EXIT.good;
}

async function serveHttp(values: Given) {
  if (values.agent !== undefined) throw new UsageError('Over http there is no --agent.');
  const { serveOverHttp } = await import('../verification/serve-http.ts');
  return serveOverHttp(values);
}
