/** The policy that the page begins with: each kind of action once, short enough to be read whole. */
export const START_POLICY = `version: 1
default_action: ALLOW
rules:
  - name: nothing_deleted
    tool_pattern: ^Bash$
    conditions: ["matches(command, '(?:^|[\\\\s;&|(])rm(?:\\\\s|$)')"]
    action: DENY
    reason: Nothing is deleted here
    alternative: mv FILE ~/.trash/

  - name: nothing_fetched
    tool_pattern: ^Bash$
    conditions: ["contains_word(parameters, 'curl')"]
    action: DENY
    reason: A shell fetches nothing here
    alternative: the WebFetch tool

  - name: large_purchases
    tool_pattern: ^purchase$
    conditions: ["param_gt(amount, 50)"]
    action: ASK
    reason: More than $50

  - name: tests_before_push
    tool_pattern: ^Bash$
    conditions: ["matches(command, '\\\\bgit\\\\s+push\\\\b')"]
    action: GATE
    gate: { requires_prior: npm test, within: 20 }

  - name: signed_releases
    tool_pattern: ^Bash$
    conditions: ["contains(parameters, 'npm publish')"]
    action: ENSURE
    ensure: { check: release-is-signed, timeout: 10 }
`;
