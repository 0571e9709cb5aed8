import type { ComponentChildren } from 'preact';
import type { IconName } from '../../../components/icon.tsx';
import { Icon } from '../../../components/icon.tsx';
import type { RuleTrace, ToolRule } from '../../../lib/tool-policy/index.ts';
import type { Judged } from './judge.ts';

const LOOKS = {
  ALLOW: { look: 'permit', icon: 'check', word: 'Allow', says: 'The tool is called.' },
  DENY: { look: 'deny', icon: 'harm', word: 'Deny', says: 'The tool is not called, and the agent is told why.' },
  ASK: { look: 'ask', icon: 'ask', word: 'Ask', says: 'You are asked, and the call waits for your answer.' },
  ENSURE: { look: 'depends', icon: 'flask', word: 'Depends', says: 'A program of yours is run first.' },
} as const satisfies Record<string, { look: string; icon: IconName; word: string; says: string }>;

/** What would be done with the call, and all that it rests on. */
export const VerdictView = ({ judged }: { judged: Judged }) => {
  const { explanation, rule } = judged;
  if (explanation === undefined) return <Undecided />;
  const { decision, rules } = explanation;
  const { look, icon, word, says } = LOOKS[decision.verdict];
  const reason = decision.verdict === 'ENSURE' ? '' : decision.reason;
  return (
    <div class="decision">
      <div class={`verdict ${look}`} role="status">
        <Icon name={icon} size={36} />
        <div class="stack-tight grow">
          <p class="verdict-word large">{word}</p>
          <p>{says}</p>
        </div>
      </div>
      <div class="stack decision-why">
        <DecidedBy rule={rule} reason={reason} />
        {rule !== undefined && <Hangs rule={rule} verdict={decision.verdict} />}
        {rule !== undefined && isDecidedBy(rule, rules) && <Held rule={rule} />}
        <Looked rules={rules} />
      </div>
    </div>
  );
};

const Undecided = () => (
  <div class="decision">
    <div class="verdict none" role="status">
      <Icon name="info" size={36} />
      <div class="stack-tight grow">
        <p class="verdict-word large">No call yet</p>
        <p>What stands in the fields is no call of a tool. From a host, it would be denied.</p>
      </div>
    </div>
  </div>
);

const Part = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <section class="decision-part">
    <h3>{title}</h3>
    {children}
  </section>
);

const isDecidedBy = ({ name }: ToolRule, rules: readonly RuleTrace[]): boolean =>
  rules.some(({ rule, outcome }) => rule === name && outcome === 'matched');

const DecidedBy = ({ rule, reason }: { rule: ToolRule | undefined; reason: string }) => {
  if (rule === undefined) {
    const isDefault = reason.startsWith('No matching');
    return (
      <Part title={isDefault ? 'Decided by the default action' : 'Nothing is allowed unasked'}>
        <p>{isDefault ? 'No rule matches.' : reason}</p>
      </Part>
    );
  }
  return (
    <Part title={`Decided by a rule: ${rule.action}`}>
      <p class="mono strong">{rule.name}</p>
      <Reason rule={rule} reason={reason} />
    </Part>
  );
};

const Reason = ({ rule, reason }: { rule: ToolRule; reason: string }) => {
  const plain = rule.alternative === undefined ? reason : reason.replace(` Instead: ${rule.alternative}`, '');
  return (
    <>
      {plain !== '' && <p>{plain}</p>}
      {rule.alternative !== undefined && (
        <p class="instead">
          <Icon name="arrow" size={16} />
          <span>
            Instead: <span class="mono">{rule.alternative}</span>
          </span>
        </p>
      )}
    </>
  );
};

/** What a GATE or an ENSURE rule wants to have happened. */
const Hangs = ({ rule, verdict }: { rule: ToolRule; verdict: string }) => {
  if (rule.gate !== undefined) {
    const { requires_prior, within } = rule.gate;
    return (
      <Part title={verdict === 'ALLOW' ? 'The gate is open' : 'What opens this gate'}>
        <p>
          <span class="mono">{requires_prior.replaceAll('|', ' or ')}</span>, among the last {within} actions that were
          allowed.
        </p>
      </Part>
    );
  }
  if (rule.ensure === undefined) return null;
  const { check, timeout, message } = rule.ensure;
  return (
    <Part title="What it hangs on">
      <p>
        <span class="mono">checks/{check}</span> must end with 0 within {timeout} seconds. Then the call is allowed,
        else denied{message === '' ? '' : ` (“${message}”)`}. Where there is no such program, it is{' '}
        {rule.locked ? 'denied, because the rule is locked' : 'allowed, because the rule is not locked'}.
      </p>
    </Part>
  );
};

const Held = ({ rule }: { rule: ToolRule }) => (
  <Part title={rule.conditions.length === 1 ? 'The condition that held' : 'The conditions that held'}>
    {rule.conditions.length === 0 && <p>It has none: it is about every call of the tool.</p>}
    <ul class="held">
      {rule.conditions.map((condition) => (
        <li key={condition}>
          <Icon name="check" size={16} />
          <code class="mono">{condition}</code>
        </li>
      ))}
    </ul>
  </Part>
);

/** Rules about the tool, up to the one that decided. */
const Looked = ({ rules }: { rules: readonly RuleTrace[] }) => {
  const unclear = rules.filter(({ outcome }) => outcome === 'unclear');
  const missed = rules.filter(({ outcome }) => outcome === 'missed');
  return (
    <>
      {unclear.length > 0 && (
        <Part title="What could not be told">
          <ul class="held">
            {unclear.map(({ rule, failure }) => (
              <li key={rule}>
                <Icon name="ask" size={16} />
                <span>
                  <span class="mono">{rule}</span>: {failure}
                </span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {missed.length > 0 && (
        <details class="missed">
          <summary>
            {missed.length === 1 ? 'One rule was' : `${missed.length} rules were`} looked at and did not match
          </summary>
          <p class="mono small">{missed.map(({ rule }) => rule).join(' · ')}</p>
        </details>
      )}
      {rules.length === 0 && <p class="soft small">No rule is about this tool.</p>}
    </>
  );
};
