import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Choices, TextField, Tick } from '../../../../components/fields.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { OpenerField, isAboutOpener, useOpener } from '../../../../components/opener.tsx';
import { useAction } from '../../../../components/use-action.ts';
import type { ElsewhereSettings, ElsewhereView, NewSigner, WalletStatus } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';

const MAX_URL = 2000;

export interface ElsewherePart {
  readonly view: ElsewhereView;
  readonly status: WalletStatus;
  readonly onMade: (made: NewSigner) => void;
  readonly onChange: () => void;
}

/** What is typed; an empty address or key is none. */
interface Draft {
  readonly url: string;
  readonly tells: 'nothing' | 'names';
  readonly signedBy: 'secret' | 'key';
  readonly publicKey: string;
  readonly answerUrl: string;
  readonly tier3: boolean;
}

const draftOf = ({ webhook, answers }: ElsewhereView): Draft => ({
  url: webhook?.url ?? '',
  tells: webhook?.tells ?? 'names',
  signedBy: webhook?.signedBy ?? 'secret',
  publicKey: answers?.publicKey ?? '',
  answerUrl: answers?.url ?? '',
  tier3: answers?.tier3 ?? false,
});

function settingsIn({ url, tells, signedBy, publicKey, answerUrl, tier3 }: Draft): ElsewhereSettings {
  const answerAt = answerUrl.trim() === '' ? {} : { url: answerUrl.trim() };
  return {
    ...(url.trim() === '' ? {} : { webhook: { url: url.trim(), tells, signedBy } }),
    ...(publicKey.trim() === '' ? {} : { answers: { publicKey: publicKey.trim(), ...answerAt, tier3 } }),
  };
}

/** Where the person is asked, what is told there, and whose answer counts. It takes the opener: it decides who can say yes. */
export const ElsewhereForm = ({ view, status, onMade, onChange }: ElsewherePart) => {
  const [draft, setDraft] = useState(() => draftOf(view));
  const [tried, setTried] = useState(false);
  const [saved, setSaved] = useState(false);
  const opener = useOpener(status);
  const { busy, error, run } = useAction();
  const change = (changes: Partial<Draft>) => {
    setSaved(false);
    setDraft({ ...draft, ...changes });
  };
  const problemOf = (field: string) => (error?.field === field ? error.message : undefined);
  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (!opener.ready) return;
    run(async () => {
      const settings = settingsIn(draft);
      const { secret, publicKey } = await opener.use((by) => ask('elsewhere.set', { opener: by, settings }));
      if (secret !== undefined) onMade({ secret });
      if (publicKey !== undefined) onMade({ publicKey });
      setTried(false);
      setSaved(true);
      onChange();
    });
  };
  return (
    <form class="card stack" onSubmit={submit} autocomplete="off">
      <h2>{t('elsewhere_webhook')}</h2>
      <p class="soft">{t('elsewhere_webhook_why')}</p>
      <TextField
        label={t('elsewhere_url')}
        hint={t('elsewhere_url_hint')}
        value={draft.url}
        onInput={(url) => change({ url })}
        maxLength={MAX_URL}
        mono
        problem={problemOf('webhook.url')}
      />
      <Choices
        legend={t('elsewhere_tells')}
        value={draft.tells}
        options={[
          { value: 'names', label: t('elsewhere_tells_names'), detail: t('elsewhere_tells_names_why') },
          { value: 'nothing', label: t('elsewhere_tells_nothing'), detail: t('elsewhere_tells_nothing_why') },
        ]}
        onChange={(tells) => change({ tells })}
      />
      <Choices
        legend={t('elsewhere_signed')}
        value={draft.signedBy}
        options={[
          { value: 'secret', label: t('elsewhere_signed_secret'), detail: t('elsewhere_signed_secret_why') },
          { value: 'key', label: t('elsewhere_signed_key'), detail: t('elsewhere_signed_key_why') },
        ]}
        onChange={(signedBy) => change({ signedBy })}
      />
      <h2>{t('elsewhere_answers')}</h2>
      <TextField
        label={t('elsewhere_key')}
        hint={t('elsewhere_key_hint')}
        value={draft.publicKey}
        onInput={(publicKey) => change({ publicKey })}
        mono
        problem={problemOf('answers.publicKey')}
      />
      <TextField
        label={t('elsewhere_answer_url')}
        hint={t('elsewhere_answer_url_hint')}
        value={draft.answerUrl}
        onInput={(answerUrl) => change({ answerUrl })}
        maxLength={MAX_URL}
        mono
        problem={problemOf('answers.url')}
      />
      <Tick
        label={t('elsewhere_tier3')}
        detail={t('elsewhere_tier3_why')}
        checked={draft.tier3}
        onChange={(tier3) => change({ tier3 })}
      />
      <Notice tone="info">{t('elsewhere_limits')}</Notice>
      <OpenerField opener={opener} status={status} tried={tried} error={error} busy={busy} />
      <Problem error={isAboutOpener(error) || isAboutField(error?.field) ? undefined : error} />
      {saved && <Notice tone="safe">{t('elsewhere_saved')}</Notice>}
      <div>
        <Button type="submit" look="primary" busy={busy}>
          {t('elsewhere_save')}
        </Button>
      </div>
    </form>
  );
};

const isAboutField = (field: string | undefined): boolean =>
  field === 'webhook.url' || field === 'answers.url' || field === 'answers.publicKey';
