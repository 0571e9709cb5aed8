/**
 * What an agent's program and the wallet have in common: who an agent is, how it connects and pairs, what the two say to
 * each other, and the tools. No vault and no extension: the command line has it too.
 */
export { agentIdOf } from './agent-id.ts';
export type { Challenge } from './connection.ts';
export { answersChallenge, signChallenge } from './connection.ts';
export { EXTENSION_KEY, NATIVE_HOST, extensionIdOf } from './extension.ts';
export {
  AgentFrame,
  Envelope,
  INSTALLATION,
  MAX_FRAME,
  PROTOCOL,
  WalletFrame,
  parseFrame,
  readFrame,
} from './frames.ts';
export type { FrameError } from './frames.ts';
export type { PairingFacts, PairingSide } from './pairing.ts';
export { pairingCommitment, pairingDigits } from './pairing.ts';
export type { Advertised } from './tools/advertised.ts';
export { ADVERTISED, INSTRUCTIONS } from './tools/advertised.ts';
export type { Query, QueryOp } from './query/index.ts';
export { parseQuery } from './query/index.ts';
export type { Receipt, ToolAnswer } from './tools/answers.ts';
export { TOOL_INPUTS } from './tools/inputs.ts';
export type { ToolInput } from './tools/inputs.ts';
export { TOOL_NAMES } from './tools/names.ts';
export type { ToolName } from './tools/names.ts';
export { readAnswer } from './tools/read-answer.ts';
export { readableAnswer } from './tools/readable.ts';
