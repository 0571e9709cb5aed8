import { expect, test } from 'vitest';
import type { JsonObject } from '../../lib/core/index.ts';
import { NO_MEMORY, compilePolicy, decide, withLockedRules } from '../../lib/tool-policy/index.ts';
import { loadPolicy } from '../../lib/tool-policy/reading/index.ts';
import { describeVectors, readVectorText } from './vectors.ts';

/** The published example, as it is in force: behind the locked rules. */
const say = (name: string, tool: string, input: JsonObject) => {
  const policy = withLockedRules(loadPolicy(readVectorText('tool-policy', `${name}.yaml`)));
  return decide(compilePolicy(policy), { tool, input }, NO_MEMORY);
};

describeVectors('The published example policies', () => {
  test.each<[string, string, JsonObject, string, string?]>([
    ['basic_policy', 'Bash', { command: 'rm -rf /tmp' }, 'DENY', 'block_rm'],
    ['basic_policy', 'Bash', { command: 'git push --force' }, 'ASK', 'ask_force_push'],
    ['basic_policy', 'Bash', { command: 'git push -f' }, 'ASK', 'ask_force_push'],
    ['basic_policy', 'Write', { file_path: '/app/.env' }, 'DENY', 'block_credential_writes'],
    ['basic_policy', 'Read', { file_path: '/app/.env' }, 'ALLOW'],
    ['basic_policy', 'Bash', { command: 'ls -la' }, 'ALLOW'],
    ['spending_limits', 'purchase', { category: 'books', amount: 201 }, 'DENY', 'books_limit_200'],
    ['spending_limits', 'purchase', { category: 'books', amount: 200 }, 'ASK', 'ask_large_purchase'],
    ['spending_limits', 'purchase', { category: 'food', amount: 1001 }, 'DENY', 'total_limit_1000'],
    ['spending_limits', 'purchase', { category: 'food', amount: 100 }, 'ALLOW'],
    ['spending_limits', 'pay', { amount: 9999 }, 'ALLOW'],
    ['spending_limits', 'Purchase', { amount: 9999 }, 'ALLOW'],
    ['enterprise_policy', 'Read', { file_path: '.env' }, 'ALLOW', 'allow_reads'],
    ['enterprise_policy', 'WebFetch', { host: '10.0.0.1' }, 'DENY', 'block_internal_network'],
    ['enterprise_policy', 'WebFetch', { host: 'example.com' }, 'ASK'],
    ['enterprise_policy', 'Bash', { command: 'ls' }, 'ALLOW', 'allow_standard_bash'],
    ['enterprise_policy', 'Write', { file_path: '/etc/passwd' }, 'DENY', 'block_system_writes'],
    ['enterprise_policy', 'Write', { file_path: '/src/a.ts' }, 'ALLOW', 'allow_project_writes'],
  ])('%s: %s %o: %s %s', (name, tool, input, verdict, rule) => {
    const decision = say(name, tool, input);
    expect([decision.verdict, decision.rule]).toEqual([verdict, rule]);
  });

  test.each<[string, string, JsonObject, string]>([
    ['basic_policy', 'Bash', { command: 'rm\t-rf /tmp' }, 'DENY'],
    ['spending_limits', 'purchase', { category: 'food', amount: -5 }, 'DENY'],
    ['spending_limits', 'purchase', { category: 'food', amount: '$60' }, 'ASK'],
    ['spending_limits', 'purchase', { category: 'food' }, 'ASK'],
    ['enterprise_policy', 'Bash', { command: 'r\\m -rf /' }, 'DENY'],
  ])('are stricter where the published engine is fooled: %s: %s %o: %s', (name, tool, input, verdict) => {
    expect(say(name, tool, input)).toMatchObject({ verdict });
  });
});
