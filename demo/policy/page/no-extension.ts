import messages from '../../../public/_locales/en/messages.json' with { type: 'json' };

/** Chrome's own format for _locales. */
const texts: Readonly<Record<string, { readonly message: string }>> = messages;

/** What the components of the app ask of an extension: its texts. This page is none, and speaks English. */
export default {
  i18n: {
    getMessage: (name: string, substitutions: readonly string[] = []): string =>
      (texts[name]?.message ?? '').replace(
        /\$(\d)/g,
        (_, position: string) => substitutions[Number(position) - 1] ?? '',
      ),
    getUILanguage: (): string => 'en',
  },
};
