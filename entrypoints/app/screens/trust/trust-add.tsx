import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { FileField, TextArea, TextField } from '../../../../components/fields.tsx';
import { Notice, Problem } from '../../../../components/notice.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { SignetError, toBase64, utf8 } from '../../../../lib/core/index.ts';
import type { TrustReview } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';

/** What the worker takes as one file. */
const MAX_BYTES = 1_000_000;

/** Where a certificate or a list of them comes from: a file, a text, or an address. Nothing is trusted by it yet. */
export const TrustAdd = ({ onFound }: { onFound: (review: TrustReview) => void }) => {
  const [file, setFile] = useState<File | undefined>(undefined);
  const [text, setText] = useState('');
  const [address, setAddress] = useState('');
  const { busy, error, run } = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    run(async () => onFound(await look({ file, text, address })));
  };
  return (
    <form class="stack-wide narrow-form" onSubmit={submit} autocomplete="off">
      <header class="stack-tight">
        <a class="link back" href="#/trust">
          {t('trust_back')}
        </a>
        <h1>{t('trust_add_title')}</h1>
        <p class="soft">{t('trust_add_lead')}</p>
      </header>
      <FileField label={t('trust_file')} accept=".pem,.crt,.cer,.der,.json,.jwt,.jws,.txt" onChange={setFile} />
      <TextArea
        label={t('trust_paste')}
        hint={t('trust_paste_hint')}
        value={text}
        onInput={setText}
        maxLength={MAX_BYTES}
      />
      <TextField
        label={t('trust_address')}
        hint={t('trust_address_hint')}
        value={address}
        onInput={setAddress}
        maxLength={2000}
        mono
        problem={error?.field === 'address' ? error.message : undefined}
      />
      <Problem error={error?.field === 'address' ? undefined : error} />
      <Notice tone="info">{t('trust_add_harmless')}</Notice>
      <div class="row-wrap">
        <Button type="submit" look="primary" busy={busy}>
          {t('trust_look')}
        </Button>
      </div>
    </form>
  );
};

interface Source {
  readonly file: File | undefined;
  readonly text: string;
  readonly address: string;
}

async function look({ file, text, address }: Source): Promise<TrustReview> {
  if (file !== undefined) {
    if (file.size > MAX_BYTES) throw new SignetError('bad_request', t('trust_too_large'), { field: 'file' });
    return ask('trust.review', { file: toBase64(new Uint8Array(await file.arrayBuffer())) });
  }
  if (text.trim() !== '') return ask('trust.review', { file: toBase64(utf8(text.trim())) });
  if (address.trim() !== '') return ask('trust.fetch', { address: address.trim() });
  throw new SignetError('bad_request', t('trust_add_nothing'), { field: 'file' });
}
