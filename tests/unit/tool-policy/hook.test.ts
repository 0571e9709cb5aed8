import { describe, expect, test } from 'vitest';
import { denyMalformed, formatHookOutput, readHookInput } from '../../../lib/tool-policy/index.ts';

const refused = (text: string): string => {
  try {
    readHookInput(text);
  } catch (error) {
    return denyMalformed(error).reason;
  }
  return 'it was read';
};

describe('what a host tells a hook', () => {
  test('is a tool and its input, under either name', () => {
    expect(readHookInput('{"tool_name":"Bash","tool_input":{"command":"ls"}}')).toMatchObject({
      call: { tool: 'Bash', input: { command: 'ls' } },
      isAfter: false,
    });
    expect(readHookInput('{"tool_name":"","parameters":{"a":1}}').call).toEqual({ tool: '', input: { a: 1 } });
    expect(readHookInput('{"tool_name":"Read"}').call.input).toEqual({});
  });

  test('may say that it is over', () => {
    const after = '{"hook_event_name":"PostToolUse","tool_use_id":"t1","tool_name":"Read"}';
    expect(readHookInput(after)).toMatchObject({ isAfter: true, useId: 't1' });
  });

  test.each([
    ['nothing', ''],
    ['half of it', '{"tool_name":"Bash"'],
    ['a list', '[{"tool_name":"Bash"}]'],
    ['null', 'null'],
    ['no tool', '{"tool_input":{}}'],
    ['a tool that is no text', '{"tool_name":["Bash"]}'],
    ['an input that is text', '{"tool_name":"Bash","tool_input":"rm"}'],
    ['an input that is a list', '{"tool_name":"Bash","tool_input":["rm"]}'],
    ['an input that is false', '{"tool_name":"Bash","tool_input":false,"parameters":{}}'],
    ['a lone surrogate', '{"tool_name":"Bash","tool_input":{"command":"\\ud800"}}'],
    ['too deep an input', `{"tool_name":"a","tool_input":{"a":${'['.repeat(5000)}${']'.repeat(5000)}}}`],
    ['two at once', '{"tool_name":"Read"}{"tool_name":"Bash"}'],
  ])('%s is malformed', (_, text) => {
    expect(refused(text)).toMatch(/^Malformed hook input: /);
  });
});

describe('what a hook answers', () => {
  test('is one line, whatever the reason says', () => {
    const line = formatHookOutput({ verdict: 'DENY', rule: 'a\nb', locked: false, reason: 'c\r\n\u2028d' });
    expect(line).not.toMatch(/[\r\n]/);
    expect(JSON.parse(line)).toMatchObject({ hookSpecificOutput: { permissionDecision: 'deny' } });
  });

  test('has no reason where it allows', () => {
    expect(formatHookOutput({ verdict: 'ALLOW', locked: false, reason: 'default' })).toBe(
      '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"allow"}}',
    );
  });
});
