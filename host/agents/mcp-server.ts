import type { CallToolResult, McpServerFactory, ServerContext } from '@modelcontextprotocol/server';
import { CLIENT_INFO_META_KEY, McpServer } from '@modelcontextprotocol/server';
import * as v from 'valibot';
import type { ToolAnswer, ToolName } from '../../lib/agents/index.ts';
import { ADVERTISED, INSTRUCTIONS, TOOL_NAMES, readableAnswer } from '../../lib/agents/index.ts';
import type { Json } from '../../lib/core/index.ts';
import { displayText } from '../../lib/core/index.ts';
import { tellProgress } from './progress.ts';
import { toolSchema } from './tool-schema.ts';
import { WalletFailure } from './wallet-failure.ts';
import type { Wallet } from './wallet-link.ts';
import type { ClientName } from './wallet-session.ts';

/** The wallet answers at once, with `pending` where a person has to decide; `check_status` waits for 25 s. */
const ANSWER_MS = 30_000;

/**
 * The tools as a server of the Model Context Protocol, for clients of 2026-07-28 and of 2025: each connection, or each HTTP
 * request, gets an instance of its own. It asks its client for nothing: no elicitation, no sampling, no roots.
 * @param version of Signet
 */
export function mcpServerFactory(wallet: Wallet, version: string): McpServerFactory {
  return () => {
    const server = new McpServer(
      { name: 'signet', title: 'Signet', version },
      { instructions: INSTRUCTIONS, capabilities: { tools: { listChanged: false } }, jsonSchemaValidator: NO_FORMS },
    );
    for (const tool of TOOL_NAMES) addTool(server, tool, wallet);
    return server;
  };
}

/** What would check answers to forms that a server shows: this one shows none. */
const NO_FORMS = {
  getValidator: () => () => ({ valid: false, data: undefined, errorMessage: 'Signet shows no forms.' }) as const,
};

function addTool(server: McpServer, tool: ToolName, wallet: Wallet): void {
  const config = { ...ADVERTISED[tool], inputSchema: toolSchema(tool) };
  server.registerTool(tool, config, async (input: Json, context: ServerContext): Promise<CallToolResult> => {
    const stop = tellProgress(context);
    try {
      const call = { tool, input, within: ANSWER_MS, signal: context.mcpReq.signal };
      return answered(await wallet.call(call, clientOf(server, context)));
    } catch (error) {
      if (error instanceof WalletFailure) return failed(error);
      throw error;
    } finally {
      stop();
    }
  });
}

const answered = (answer: ToolAnswer): CallToolResult => ({
  content: [{ type: 'text', text: readableAnswer(answer) }],
  structuredContent: { ...answer },
});

const failed = ({ fields }: WalletFailure): CallToolResult => ({
  content: [{ type: 'text', text: fields.message }],
  structuredContent: { status: 'failed', error: fields },
  isError: true,
});

const Named = v.object({ name: v.string(), version: v.string() });

/** Since 2026-07-28 each request may say who its client is; before that, the first one did. */
function clientOf({ server }: McpServer, { mcpReq }: ServerContext): ClientName | undefined {
  const envelope: Readonly<Record<string, unknown>> | undefined = mcpReq.envelope;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- clients of 2025 say it nowhere else
  const said = envelope?.[CLIENT_INFO_META_KEY] ?? server.getClientVersion();
  if (!v.is(Named, said)) return undefined;
  return { name: displayText(said.name, 80), version: displayText(said.version, 40) };
}
