import type { JsonObject } from '../core/index.ts';
import { SignetError, canonicalJson, isJsonObject, parseJson } from '../core/index.ts';
import type { Decision } from './decision.ts';
import type { ToolCall } from './tool-call.ts';

/** What a host tells a hook. */
export interface HookInput {
  readonly call: ToolCall;
  /** `PostToolUse`: the call has happened. Everything else is before it. */
  readonly isAfter: boolean;
  /** The host's id of this use, where it gives one. */
  readonly useId: string | undefined;
}

const LIMITS = { maxLength: 16 * 1024 * 1024, maxDepth: 100 } as const;
const MALFORMED = 'Malformed hook input';

/**
 * Reads what a host writes to a hook: a tool's name, and its input as `tool_input` or `parameters`.
 * @throws SignetError bad_request when it is anything else
 */
export function readHookInput(text: string): HookInput {
  const input = parseJson(text, 'The hook input', LIMITS);
  if (!isJsonObject(input)) throw malformed('it is no object');
  const tool = input['tool_name'];
  if (typeof tool !== 'string') throw malformed('tool_name is missing or no text');
  const event = input['hook_event_name'];
  const useId = input['tool_use_id'];
  return {
    call: { tool, input: inputOf(input) },
    isAfter: event === 'PostToolUse',
    useId: typeof useId === 'string' && useId !== '' && useId.length <= 200 ? useId : undefined,
  };
}

/** The input is written out once, so that what cannot be written (a lone surrogate) is refused and not passed over. */
function inputOf(hook: JsonObject): JsonObject {
  const input = hook['tool_input'] ?? hook['parameters'] ?? {};
  if (!isJsonObject(input)) throw malformed('tool_input is no object');
  canonicalJson(input);
  return input;
}

const malformed = (why: string): SignetError => new SignetError('bad_request', `${MALFORMED}: ${why}.`);

/** The decision about input that could not be read. */
export function denyMalformed(error: unknown): Decision {
  const { message } = SignetError.from(error);
  const reason = message.startsWith(MALFORMED) ? message : `${MALFORMED}: ${message}`;
  return { verdict: 'DENY', locked: false, reason };
}

/** One line of JSON, as hosts read it from a PreToolUse hook. */
export function formatHookOutput({ verdict, rule, reason }: Decision): string {
  const said = [rule === undefined ? '' : `[${rule}]`, reason].filter((part) => part !== '').join(' ');
  const hookSpecificOutput = {
    hookEventName: 'PreToolUse',
    permissionDecision: verdict.toLowerCase(),
    ...(verdict === 'ALLOW' || said === '' ? {} : { permissionDecisionReason: said }),
  };
  return JSON.stringify({ hookSpecificOutput });
}
