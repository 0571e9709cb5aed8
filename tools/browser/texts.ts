import { readFileSync } from 'node:fs';

interface Message {
  readonly message: string;
  readonly placeholders?: Readonly<Record<string, { readonly content: string }>>;
}

/** A text of the extension as its screens show it in English, by its key; throws when there is none of that name. */
export function text(key: string, ...substitutions: readonly string[]): string {
  const file = new URL('../../public/_locales/en/messages.json', import.meta.url);
  // Chrome's own format for _locales.
  const messages = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Message>>;
  const found = messages[key];
  if (found === undefined) throw new Error(`No text is called ${key}.`);
  const named = found.message.replace(
    /\$(\w+)\$/g,
    (whole, name: string) => found.placeholders?.[name.toLowerCase()]?.content ?? whole,
  );
  return named.replace(/\$(\d)/g, (_, position: string) => substitutions[Number(position) - 1] ?? '');
}
