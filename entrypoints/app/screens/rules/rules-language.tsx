import { SplEditor } from '../../../../components/spl/spl-editor.tsx';
import { t } from '../../../../lib/platform/index.ts';

/** The language of the policies that tokens carry, to try. It touches neither the rules nor the vault. */
export const RulesLanguage = () => (
  <div class="stack-wide">
    <div class="stack-tight">
      <a class="link back" href="#/rules">
        {t('rules_back')}
      </a>
      <h1>{t('spl_title')}</h1>
      <p class="soft measure">{t('spl_lead')}</p>
    </div>
    <SplEditor />
  </div>
);
