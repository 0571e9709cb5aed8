import '../../../components/base.css';
import '../../../components/policy/policy.css';
import './page.css';
import { render } from 'preact';
import { useState } from 'preact/hooks';
import { Registrable } from '../../../components/origin.tsx';
import { EffectIcon } from '../../../components/policy/effect-icon.tsx';
import { JsonEditor } from '../../../components/policy/json-editor.tsx';
import { Playground } from '../../../components/policy/playground.tsx';
import type { Question } from '../../../components/policy/question.ts';
import { RuleSentence } from '../../../components/policy/rule-sentence.tsx';
import { SplEditor } from '../../../components/spl/spl-editor.tsx';
import type { PolicySet } from '../../../lib/policy/engine/index.ts';
import { readPolicySet } from '../../../lib/policy/engine/index.ts';
import { DEFAULT_LEAST_ROLES, leastRoleOf } from '../../../lib/policy/roles.ts';
import type { Example } from './examples.ts';
import { EXAMPLES } from './examples.ts';

const NAMES = new Map(DEFAULT_LEAST_ROLES.map(({ claim, label }) => [claim, label]));

/** Facts to ask for; any other can be named. */
const CLAIMS = [
  ...['age_over_18', 'age_over_21', 'birth_date', 'given_name', 'family_name', 'address', 'email', 'phone_number'],
  ...['nationality', 'portrait', 'health.prescription', 'payment_card'],
];

const Page = () => {
  const [example, setExample] = useState<Example>(() => EXAMPLES[0] as Example); // there are four
  return (
    <>
      <nav class="examples" aria-label="Examples">
        {EXAMPLES.map((one) => (
          <button key={one.id} type="button" aria-pressed={one.id === example.id} onClick={() => setExample(one)}>
            {one.title}
          </button>
        ))}
      </nav>
      <Shown key={example.id} example={example} />
      <p class="soft small">
        Any rule that says never wins. A rule that forbids or asks and cannot be judged, because something is not known,
        is never skipped: the person is asked. The order of the rules does not matter.
      </p>
      <Language />
    </>
  );
};

/** The other language of the wallet: not what a person says of sites, but what a token says of its own use. */
const Language = () => (
  <section id="language" class="language stack" aria-labelledby="language-title">
    <div class="stack-tight">
      <h2 id="language-title">What a token allows</h2>
      <p class="lead measure">
        Rules are yours. A token can carry a policy of its own, in the Safe Policy Language, that whoever checks it
        reads without asking you. Take an example, change the amount, and see which part of the policy says no. Nothing
        here is saved.
      </p>
    </div>
    <SplEditor />
  </section>
);

const Shown = ({ example }: { example: Example }) => {
  const [set, setSet] = useState<PolicySet>(example.set);
  const [question, setQuestion] = useState<Question>(example.question);
  return (
    <>
      <section class="stack" aria-labelledby="story">
        <h2 id="story" class="unseen">
          {example.title}
        </h2>
        <p class="measure">{example.story}</p>
        <ul class="rules">
          {set.rules.map((rule) => (
            <li key={rule.id}>
              <EffectIcon effect={rule.effect} />
              <span class="grow">
                <RuleSentence rule={rule} names={NAMES} />
              </span>
            </li>
          ))}
        </ul>
        <p class="turn">
          <strong>Try:</strong> {example.turn}
        </p>
      </section>
      <Playground
        set={set}
        leastRole={leastRoleOf}
        question={question}
        onChange={setQuestion}
        claims={CLAIMS}
        names={NAMES}
      >
        <details class="json-fold">
          <summary>The rules as JSON</summary>
          <JsonEditor
            label="The rules, and what sites count as"
            field="set"
            value={set}
            read={(value) => readPolicySet(value)}
            onChange={setSet}
          />
        </details>
      </Playground>
    </>
  );
};

/** Every name on this page is an example's: the last two labels are what somebody registers. */
const registrable = (host: string): string => host.split('.').slice(-2).join('.');

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root element.');
render(
  <Registrable value={registrable}>
    <Page />
  </Registrable>,
  root,
);
