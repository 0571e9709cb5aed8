import { useEffect, useRef, useState } from 'preact/hooks';
import type { AgentDraft } from '../../../../components/agents/agent-draft.ts';
import { FIRST_AGENT, readDraft } from '../../../../components/agents/agent-draft.ts';
import { useArming } from '../../../../components/arming.ts';
import { Button } from '../../../../components/button.tsx';
import { TextField } from '../../../../components/fields.tsx';
import { Problem } from '../../../../components/notice.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { displayText } from '../../../../lib/core/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import { NAME_MOST } from './agent-dialogs.tsx';
import { AgentLimitFields } from './agent-limit-fields.tsx';
import type { Pairing } from './pairing.ts';
import { useLeft } from './use-left.ts';

type Compare = Extract<Pairing, { step: 'compare' }>;

/** Both show six digits: the person compares them, and then says what the agent may do. */
export const ConnectCompare = ({ pairing, onDone }: { pairing: Compare; onDone: (id: string) => void }) => {
  const [same, setSame] = useState(false);
  return (
    <>
      <Digits pairing={pairing} small={same} />
      {same ? <Make pairing={pairing} onDone={onDone} /> : <Ask onSame={() => setSame(true)} />}
    </>
  );
};

const Digits = ({ pairing: { digits, name, until }, small }: { pairing: Compare; small: boolean }) => {
  const heading = useRef<HTMLHeadingElement>(null);
  const left = useLeft(until);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section class={small ? 'card digits small' : 'card digits'}>
      <h2 ref={heading} tabIndex={-1}>
        {t(small ? 'connect_digits_same' : 'connect_digits')}
      </h2>
      <p class="digits-shown" role="img" aria-label={digits.split('').join(' ')}>
        <span>{digits.slice(0, 3)}</span>
        <span>{digits.slice(3)}</span>
      </p>
      <p class="soft">
        <bdi dir="auto">{t('connect_program', displayText(name, 60))}</bdi> {t('connect_until', left)}
      </p>
    </section>
  );
};

const Ask = ({ onSame }: { onSame: () => void }) => {
  const { busy, error, run } = useAction();
  const { armed, pressed, guard } = useArming('same');
  const differ = () =>
    run(async () => {
      await ask('agents.pairing.cancel', {});
    });
  return (
    <div class="stack">
      <p>{t('connect_compare')}</p>
      <div class="row-wrap">
        <Button look="harm" busy={busy} onClick={differ}>
          {t('connect_differ')}
        </Button>
        <button
          type="button"
          class="button primary"
          aria-disabled={!armed}
          onPointerDown={pressed}
          onKeyDown={pressed}
          onClick={guard(onSame)}
        >
          {t('connect_same')}
        </button>
      </div>
      <Problem error={error} />
    </div>
  );
};

const Make = ({ pairing: { digits, name }, onDone }: { pairing: Compare; onDone: (id: string) => void }) => {
  const [called, setCalled] = useState(() => displayText(name, NAME_MOST));
  const [draft, setDraft] = useState<AgentDraft>(FIRST_AGENT);
  const [tried, setTried] = useState(false);
  const { busy, error, run } = useAction();
  const cancelling = useAction();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const read = readDraft(draft);
  const isNamed = called.trim() !== '';

  const make = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if ('problem' in read || !isNamed) return;
    run(async () => {
      const { id } = await ask('agents.pairing.confirm', { digits, name: called.trim(), ...read });
      onDone(id);
    });
  };
  const cancel = () =>
    cancelling.run(async () => {
      await ask('agents.pairing.cancel', {});
    });

  return (
    <form class="stack-wide" onSubmit={make} noValidate>
      <TextField
        label={t('agent_name')}
        value={called}
        onInput={setCalled}
        maxLength={NAME_MOST}
        hint={t('agent_name_hint')}
        problem={tried && !isNamed ? t('agent_name_missing') : undefined}
        inputRef={field}
      />
      <AgentLimitFields draft={draft} onChange={setDraft} problem={tried && 'problem' in read ? read : undefined} />
      <div class="stack-tight">
        <Problem error={error ?? cancelling.error} />
        <div class="row-wrap">
          <Button type="submit" look="primary" busy={busy}>
            {t('connect_confirm')}
          </Button>
          <Button look="quiet" busy={cancelling.busy} onClick={cancel}>
            {t('connect_cancel')}
          </Button>
        </div>
        <p class="hint">{t('connect_confirm_means')}</p>
      </div>
    </form>
  );
};
