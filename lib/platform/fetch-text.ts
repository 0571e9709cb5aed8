import type { FetchText, TextRequest } from '../core/index.ts';
import { SignetError, fromUtf8 } from '../core/index.ts';
import type { FetchLimits, QuietRequest } from './quiet-fetch.ts';
import { LIMITS, fetchQuietly, readBytes } from './quiet-fetch.ts';

/**
 * The door to the network for text of the media types that are wanted: as quiet as that for JSON, at most 1 MB and 10 s in all.
 * @param fetch the platform's fetch
 * @param limits for tests
 * @returns a function that throws SignetError `bad_request` on an address it may not reach, `network` when no whole
 * answer came, `issuer_refused` when it is a refusal, too large, of another type or no text
 */
export function createFetchText(fetch: typeof globalThis.fetch, limits: FetchLimits = LIMITS): FetchText {
  return ({ url, type, form }) => {
    const types = typeof type === 'string' ? [type] : type;
    return fetchQuietly(fetch, { url, ...asked(types, form) }, limits, (response, host, { maxBytes }) =>
      readText(response, { host, types, maxBytes }),
    );
  };
}

function asked(types: readonly string[], form: TextRequest['form']): Omit<QuietRequest, 'url'> {
  const headers = { Accept: types.join(', ') };
  if (form === undefined) return { method: 'GET', headers };
  return {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  };
}

interface Expected {
  readonly host: string;
  readonly types: readonly string[];
  readonly maxBytes: number;
}

async function readText(response: Response, { host, types, maxBytes }: Expected): Promise<string> {
  const given = response.headers.get('Content-Type')?.split(';')[0]?.trim().toLowerCase();
  if (!response.ok || given === undefined || !types.includes(given)) {
    await response.body?.cancel();
    const answered = response.ok
      ? `did not answer with ${types.join(' or ')}`
      : `refused with status ${response.status}`;
    throw new SignetError('issuer_refused', `${host} ${answered}.`);
  }
  const bytes = await readBytes(response, host, maxBytes);
  try {
    return fromUtf8(bytes);
  } catch (cause) {
    throw new SignetError('issuer_refused', `${host} sent an answer that is no text.`, { cause });
  }
}
