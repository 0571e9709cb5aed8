import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { MAX_FRAME } from '../../lib/agents/index.ts';
import { bridgeFolders } from './folders.ts';
import { mcpServerFactory } from './mcp-server.ts';
import { WalletLink } from './wallet-link.ts';

export interface ServeOptions {
  /** What names the key on this machine. */
  readonly agent: string;
  /** Of Signet. */
  readonly version: string;
}

/** Serves the tools on standard input and output until the client closes them. Nothing listens anywhere. */
export async function serveOverStdio({ agent, version }: ServeOptions): Promise<void> {
  const link = new WalletLink(bridgeFolders(), agent);
  const transport = new StdioServerTransport(process.stdin, process.stdout, { maxBufferSize: 2 * MAX_FRAME });
  const served = serveStdio(mcpServerFactory(link, version), { transport });
  const stop = (): void => void served.close();
  process.once('SIGTERM', stop).once('SIGINT', stop);
  try {
    await ended(transport);
  } finally {
    process.off('SIGTERM', stop).off('SIGINT', stop);
    await link.close();
  }
}

/** `serveStdio` has the transport's own `onclose`: this comes before it. */
function ended(transport: StdioServerTransport): Promise<void> {
  return new Promise((resolve) => {
    const { onclose } = transport;
    transport.onclose = () => {
      onclose?.();
      resolve();
    };
  });
}
