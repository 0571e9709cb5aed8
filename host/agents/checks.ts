import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXTENSION_KEY, extensionIdOf } from '../../lib/agents/index.ts';
import { SignetError } from '../../lib/core/index.ts';
import type { Finding, State } from '../doctor/check.ts';
import { readAgentKey } from './agent-key.ts';
import { foundBrowsers } from './browsers.ts';
import { manifestFile } from './install.ts';
import type { BridgeFolders } from './folders.ts';
import { FrameSocket } from './frame-socket.ts';
import { statsOf } from '../keeping/own-files.ts';
import type { ProfileSocket } from './sockets.ts';
import { findSockets } from './sockets.ts';
import { Written } from './written.ts';

const ANSWER_MS = 3000;

/** Whether the browsers on this machine can start the host. */
export function checkInstalled(folders: BridgeFolders, env: NodeJS.ProcessEnv): Finding {
  const files = new Written(folders.bridge).files();
  if (files.length === 0)
    return finding('note', 'Signet in the browser cannot reach programs yet.', 'signet install lets it.');
  const changed = files.filter(({ isAsWritten }) => !isAsWritten).map(({ path }) => path);
  const without = foundBrowsers(env)
    .filter((browser) => !existsSync(manifestFile(browser)))
    .map(({ browser }) => browser);
  const details = [
    ...changed.map((path) => `${path} is not as it was installed.`),
    ...without.map((browser) => `${browser} was not told.`),
  ];
  if (changed.length > 0) return finding('not_well', 'The bridge is damaged.', ...details, 'signet install mends it.');
  return without.length === 0
    ? finding('well', 'Browsers can start the bridge.', ...files.map(({ path }) => path))
    : finding('note', 'Not every browser can start the bridge.', ...details, 'signet install tells them.');
}

/** Whether a wallet answers, in which profiles. */
export async function checkWallets(folders: BridgeFolders): Promise<Finding> {
  const uncheckable = 'Node cannot tell who is at the other end: that the folder is yours alone keeps others out.';
  try {
    const sockets = findSockets(folders);
    const said = await Promise.all(sockets.map(async (socket) => `${socket.path}: ${await answerAt(socket)}.`));
    if (sockets.length === 0)
      return finding('note', 'No browser with Signet is open, or agents are not switched on in it.');
    const isWell = said.some((line) => line.endsWith(ANSWERS));
    return finding(
      isWell ? 'well' : 'not_well',
      isWell ? 'Signet answers.' : 'Signet does not answer.',
      ...said,
      uncheckable,
    );
  } catch (error) {
    return finding('not_well', 'What leads to Signet is not yours alone.', SignetError.from(error).message);
  }
}

const ANSWERS = 'it answers.';

async function answerAt({ path }: ProfileSocket): Promise<string> {
  let socket: FrameSocket | undefined;
  try {
    socket = await FrameSocket.open(path);
    const frame = await socket.next(ANSWER_MS);
    if (frame.type !== 'challenge') return 'it answers something else';
    return frame.extension === extensionIdOf(EXTENSION_KEY) ? 'it answers' : 'another extension answers';
  } catch {
    return socket === undefined ? 'nobody is there' : 'it says nothing';
  } finally {
    socket?.close();
  }
}

/** Whether there are keys of agents, and each is its owner's alone. */
export function checkAgents({ keys }: BridgeFolders): Finding {
  const names = statsOf(keys)?.isDirectory() === true ? readdirSync(keys).flatMap(agentIn) : [];
  if (names.length === 0) return finding('note', 'No agent was paired here.', 'signet pair connects one.');
  const wrong = names.flatMap((name) => problemOf(keys, name));
  const details = names.map((name) => `${name}: ${join(keys, name)}.json`);
  return wrong.length === 0
    ? finding('well', `${String(names.length)} paired.`, ...details)
    : finding('not_well', 'The key of an agent cannot be used.', ...wrong);
}

const agentIn = (file: string): readonly string[] => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : []);

function problemOf(keys: string, name: string): readonly string[] {
  try {
    readAgentKey(keys, name)?.seed.dispose();
    return [];
  } catch (error) {
    return [SignetError.from(error).message];
  }
}

const finding = (state: State, says: string, ...details: readonly string[]): Finding => ({ state, says, details });
