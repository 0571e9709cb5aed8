import './policy.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { SignetError } from '../../lib/core/index.ts';
import { t } from '../../lib/platform/index.ts';
import type { Explanation, PolicyRequest, PolicySet, Role } from '../../lib/policy/engine/index.ts';
import { ROLES, compilePolicy, explain } from '../../lib/policy/engine/index.ts';
import { Problem } from '../notice.tsx';
import type { ClaimNames } from './claim-phrase.ts';
import { ClaimField } from './claim-field.tsx';
import { DecisionView } from './decision-view.tsx';
import { JsonEditor } from './json-editor.tsx';
import { MoneyField, NumberField, PickField, SegmentField, TextLine } from './line-fields.tsx';
import type { Question } from './question.ts';
import { askedBy, askedFor, askedWhen, clockContext, readRequest, stateOf } from './question.ts';
import { roleWords } from './role-words.ts';

export type LeastRole = (claim: string, tier: number | undefined) => Role;

interface PlaygroundProps {
  readonly set: PolicySet;
  readonly leastRole: LeastRole;
  readonly question: Question;
  readonly onChange: (question: Question) => void;
  readonly claims: readonly string[];
  readonly names: ClaimNames;
  /** Explains with what really happened before; without it the question says what did. */
  readonly real?: ((request: PolicyRequest) => Promise<Explanation>) | undefined;
  /** Whatever stands below the question. */
  readonly children?: ComponentChildren;
}

/** A made-up request at the left, the decision about it at the right, as soon as anything changes. */
export const Playground = ({ children, ...props }: PlaygroundProps) => {
  const [supposed, setSupposed] = useState<Role | ''>('');
  const set = useMemo(
    () => supposing(props.set, props.question.request.subject.id, supposed),
    [props.set, props.question.request.subject.id, supposed],
  );
  const { explanation, error } = useExplanation({ ...props, set, isReal: supposed === '' });
  return (
    <div class="playground">
      <div class="playground-inside">
        <section class="question stack" aria-label={t('play_question')}>
          <Asker {...props} supposed={supposed} onSuppose={setSupposed} />
          <Circumstances {...props} />
          <details class="json-fold">
            <summary>{t('play_request_json')}</summary>
            <JsonEditor
              label={t('play_request_json_label')}
              field="request"
              value={props.question.request}
              read={readRequest}
              onChange={(request) => props.onChange({ ...props.question, request })}
            />
          </details>
          {children}
        </section>
        <section class="answer" aria-label={t('play_answer')}>
          <Problem error={error} />
          {explanation !== undefined && (
            <DecisionView
              explanation={explanation}
              askable={props.question.askable}
              set={set}
              claim={props.question.request.resource.id}
              names={props.names}
            />
          )}
        </section>
      </div>
    </div>
  );
};

/** The set as it would be if the person gave this subject that role. */
function supposing(set: PolicySet, subject: string, role: Role | ''): PolicySet {
  if (role === '') return set;
  const others = (set.roles ?? []).filter((given) => given.subject !== subject || given.by !== 'explicit');
  return { ...set, roles: [...others, { subject, by: 'explicit', role }] };
}

interface Explained {
  readonly explanation?: Explanation | undefined;
  readonly error?: SignetError | undefined;
}

/** What the engine makes of it here and now; and, once it is there, what the wallet makes of it. */
function useExplanation({ set, leastRole, question, real, isReal }: PlaygroundProps & { isReal: boolean }): Explained {
  const compiled = useMemo(() => attempt(() => compilePolicy(set, { leastRole })), [set, leastRole]);
  const here = useMemo((): Explained => {
    if (compiled.error !== undefined || compiled.value === undefined) return { error: compiled.error };
    const policy = compiled.value;
    const { value, error } = attempt(() => explain(policy, question.request, stateOf(question), question));
    return { explanation: value, error };
  }, [compiled, question]);
  const [there, setThere] = useState<Explained & { readonly of?: PolicyRequest; readonly by?: PolicySet }>({});
  const turn = useRef(0);
  useEffect(() => {
    const mine = ++turn.current;
    if (real === undefined || !isReal) return;
    const { request } = question;
    real(request).then(
      (explanation) => mine === turn.current && setThere({ explanation, of: request, by: set }),
      (thrown: unknown) => mine === turn.current && setThere({ error: SignetError.from(thrown), of: request, by: set }),
    );
  }, [question.request, set, real, isReal]);
  return isReal && there.of === question.request && there.by === set ? there : here;
}

function attempt<T>(work: () => T): { readonly value?: T; readonly error?: SignetError } {
  try {
    return { value: work() };
  } catch (thrown) {
    return { error: SignetError.from(thrown) };
  }
}

interface AskerProps extends PlaygroundProps {
  readonly supposed: Role | '';
  readonly onSuppose: (role: Role | '') => void;
}

const Asker = ({ question, onChange, claims, names, supposed, onSuppose }: AskerProps) => {
  const { request } = question;
  const { type, id } = request.subject;
  const [typed, setTyped] = useState(id);
  const told = useRef(id);
  useEffect(() => {
    if (told.current !== id) setTyped(id);
    told.current = id;
  }, [id]);
  const ask = (changed: PolicyRequest) => onChange({ ...question, request: changed });
  const name = (next: string) => {
    setTyped(next);
    const subject = subjectTyped(type, next);
    if (subject === undefined) return;
    told.current = subject;
    ask(askedBy(request, type, subject));
  };
  return (
    <>
      <SegmentField
        label={t('play_kind')}
        value={type}
        options={(['site', 'agent'] as const).map((kind) => ({ value: kind, label: t(`play_kind_${kind}`) }))}
        onChange={(kind) => {
          const next = kind === 'site' ? 'https://shop.example.com' : 'travel-agent';
          onChange({ ...question, askable: kind === 'site', request: askedBy(request, kind, next) });
        }}
      />
      <TextLine
        label={t(type === 'site' ? 'play_site' : 'play_agent')}
        value={typed}
        onInput={name}
        mono
        problem={subjectTyped(type, typed) === undefined ? t('play_site_bad') : undefined}
      />
      <PickField
        label={t('play_role')}
        value={supposed}
        options={[
          { value: '' as const, label: t('play_role_as_is') },
          ...ROLES.map((role) => ({ value: role, label: roleWords(role) })),
        ]}
        onChange={onSuppose}
      />
      <PickField
        label={t('play_action')}
        value={request.action.name}
        options={actionsWith(request.action.name).map((action) => ({ value: action, label: actionName(action) }))}
        onChange={(action) => ask({ ...request, action: { name: action } })}
      />
      <ClaimField
        label={t(request.action.name === 'prove' ? 'play_claim' : 'play_claim_other')}
        value={request.resource.id}
        claims={claims}
        names={names}
        onChange={(claim) => ask(askedFor(request, claim))}
      />
    </>
  );
};

const ACTIONS: readonly string[] = ['prove', 'receive', 'spend'];

const actionsWith = (action: string): readonly string[] => (ACTIONS.includes(action) ? ACTIONS : [...ACTIONS, action]);

function actionName(action: string): string {
  if (action === 'prove' || action === 'receive' || action === 'spend') return t(`play_action_${action}`);
  return action;
}

/** The subject in what was typed; undefined where it is none yet. */
function subjectTyped(type: 'site' | 'agent', typed: string): string | undefined {
  const text = typed.trim();
  if (type === 'agent') return text === '' ? undefined : text;
  const url = URL.parse(/^https?:\/\//.test(text) ? text : `https://${text}`);
  return url === null || url.hostname === '' || !/^[^/]+$/.test(url.host) || /\s/.test(text) ? undefined : url.origin;
}

const Circumstances = ({ question, onChange, set, real }: PlaygroundProps) => {
  const { request, askable, before } = question;
  const { time, present, purpose, amount, currency } = request.context;
  const when = (changes: Parameters<typeof askedWhen>[1]) =>
    onChange({ ...question, request: askedWhen(request, changes) });
  const code = typeof currency === 'string' ? currency : 'USD';
  // What rules about this look at, and nothing else, is asked for.
  const used = JSON.stringify(set.rules.filter(({ action }) => action === '*' || action === request.action.name));
  return (
    <>
      <TimeField
        time={typeof time === 'number' ? time : undefined}
        onChange={(next) => when(next === undefined ? { time: next, minute: next, weekday: next } : clockContext(next))}
      />
      <SegmentField
        label={t('play_present')}
        value={present === undefined ? 'unknown' : present === true ? 'yes' : 'no'}
        options={(['yes', 'no', 'unknown'] as const).map((value) => ({ value, label: t(`play_present_${value}`) }))}
        onChange={(value) => when({ present: value === 'unknown' ? undefined : value === 'yes' })}
      />
      <SegmentField
        label={t('play_askable')}
        value={askable ? 'yes' : 'no'}
        options={(['yes', 'no'] as const).map((value) => ({ value, label: t(`play_askable_${value}`) }))}
        onChange={(value) => onChange({ ...question, askable: value === 'yes' })}
      />
      {(amount !== undefined || request.action.name === 'spend' || used.includes('context.amount')) && (
        <MoneyField
          label={t('play_amount')}
          minor={typeof amount === 'number' ? amount : undefined}
          currency={code}
          onChange={(minor, next) => when({ amount: minor, currency: minor === undefined ? undefined : next })}
        />
      )}
      {used.includes('context.purpose') && (
        <TextLine
          label={t('play_purpose')}
          value={typeof purpose === 'string' ? purpose : ''}
          onInput={(text) => when({ purpose: text === '' ? undefined : text })}
        />
      )}
      {real === undefined && /"max_uses"|"count"/.test(used) && (
        <NumberField
          label={t('play_uses')}
          value={before.uses}
          min={0}
          onChange={(uses) => onChange({ ...question, before: { ...before, uses: uses ?? 0 } })}
        />
      )}
      {real === undefined && used.includes('"spend":') && (
        <MoneyField
          label={t('play_spent')}
          minor={before.spent}
          currency={code}
          fixed
          onChange={(minor) => onChange({ ...question, before: { ...before, spent: minor ?? 0 } })}
        />
      )}
    </>
  );
};

/** A moment in local time, or none. */
const TimeField = ({ time, onChange }: { time: number | undefined; onChange: (time: number | undefined) => void }) => (
  <TextLine
    label={t('play_time')}
    type="datetime-local"
    value={time === undefined ? '' : localText(time)}
    onInput={(text) => {
      const next = new Date(text).getTime();
      onChange(text === '' || Number.isNaN(next) ? undefined : next);
    }}
  />
);

/** As the browser's field for it wants a moment: local, to the minute. */
function localText(time: number): string {
  const date = new Date(time);
  return new Date(time - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
