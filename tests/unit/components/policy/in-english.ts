import { vi } from 'vitest';
import messages from '../../../../public/_locales/en/messages.json' with { type: 'json' };

/** Chrome's own format for _locales. */
const texts: Readonly<Record<string, { readonly message: string }>> = messages;

const english = {
  runtime: { id: 'test' },
  i18n: {
    getMessage: (name: string, substitutions: readonly string[] = []): string =>
      (texts[name]?.message ?? '').replace(
        /\$(\d)/g,
        (_, position: string) => substitutions[Number(position) - 1] ?? '',
      ),
    getUILanguage: (): string => 'en',
  },
};

// What a browser offers its extensions, for code that asks for texts: import this first.
vi.stubGlobal('chrome', english);
vi.stubGlobal('browser', english);
