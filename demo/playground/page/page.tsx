import '../../../components/base.css';
import '../../../components/policy/policy.css';
import './page.css';
import { render } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Notice } from '../../../components/notice.tsx';
import { defaultPolicy } from '../../../lib/tool-policy/index.ts';
import { formatPolicy } from '../../../lib/tool-policy/reading/index.ts';
import { CallFields } from './call-fields.tsx';
import type { Draft } from './draft.ts';
import { EXAMPLES } from './examples.ts';
import { judge } from './judge.ts';
import { ShareLink } from './share-link.tsx';
import { draftIn } from './shared-link.ts';
import { START_POLICY } from './start-policy.ts';
import { VerdictView } from './verdict-view.tsx';
import { YamlEditor } from './yaml-editor.tsx';

const [FIRST] = EXAMPLES;
const START: Draft = { policy: START_POLICY, call: FIRST.call, before: '', spent: '' };

const Page = ({ shared }: { shared: Draft | 'unreadable' | undefined }) => {
  const [draft, setDraft] = useState<Draft>(typeof shared === 'object' ? shared : START);
  const judged = useMemo(() => judge(draft), [draft]);
  return (
    <>
      {shared === 'unreadable' && (
        <Notice tone="warn">
          <p>The link that led here cannot be read. This is what the page begins with.</p>
        </Notice>
      )}
      <Examples draft={draft} onChange={setDraft} />
      <div class="bench">
        <section class="stack" aria-labelledby="call-title">
          <h2 id="call-title" class="unseen">
            The call, and what becomes of it
          </h2>
          <CallFields draft={draft} judged={judged} onChange={setDraft} />
          <VerdictView judged={judged} />
        </section>
        <section class="stack" aria-labelledby="policy-title">
          <h2 id="policy-title" class="unseen">
            The rules
          </h2>
          <YamlEditor
            value={draft.policy}
            problems={judged.problems}
            onInput={(policy) => setDraft({ ...draft, policy })}
          />
          <Policies draft={draft} onChange={setDraft} />
        </section>
      </div>
      <p class="soft small measure">
        The first rule that matches decides. A rule that restricts and cannot be evaluated asks, and while a line cannot
        be read nothing is allowed unasked. Commands are read as a shell reads them: <span class="mono">x;r""m</span> is{' '}
        <span class="mono">rm</span>.
      </p>
    </>
  );
};

interface Changing {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

const Examples = ({ draft, onChange }: Changing) => (
  <nav class="examples" aria-label="Calls to try">
    {EXAMPLES.map(({ title, call }) => (
      <button
        key={title}
        type="button"
        aria-pressed={call.tool === draft.call.tool && call.text === draft.call.text}
        onClick={() => onChange({ ...draft, call })}
      >
        <span>{title}</span>
        <span class="mono small soft">{call.as === 'json' ? call.tool : call.text}</span>
      </button>
    ))}
  </nav>
);

const Policies = ({ draft, onChange }: Changing) => (
  <div class="row-wrap">
    <button type="button" class="button" onClick={() => onChange({ ...draft, policy: formatPolicy(defaultPolicy()) })}>
      Take the default rules
    </button>
    <button type="button" class="button quiet" onClick={() => onChange({ ...draft, policy: START_POLICY })}>
      Begin again
    </button>
    <ShareLink draft={draft} />
  </div>
);

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root element.');
render(<Page shared={draftIn(location.hash)} />, root);
// A link to this page, followed from this page, changes the fragment and loads nothing.
addEventListener('hashchange', () => location.reload());
