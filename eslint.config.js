import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Where webextension-polyfill may be imported: the one door to extension APIs. */
const EXTENSION_API_ONLY_IN_PLATFORM = {
  paths: [{ name: 'webextension-polyfill', message: 'Extension APIs are reached through lib/platform alone.' }],
};

export default tseslint.config(
  { ignores: ['dist/', '.wxt/', 'demo/output/', 'tests/output/', 'node_modules/'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js', '.puppeteerrc.cjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'no-restricted-imports': ['error', EXTENSION_API_ONLY_IN_PLATFORM],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-invalid-void-type': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  { files: ['lib/platform/**'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['demo/**', 'tools/**', 'tests/bench/**'], rules: { 'no-console': 'off' } },
  { files: ['**/*.js', '*.cjs'], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: ['demo/*/page/*.js'],
    languageOptions: { globals: { window: 'readonly', document: 'readonly', fetch: 'readonly', FormData: 'readonly' } },
  },
  { files: ['*.cjs'], languageOptions: { globals: { module: 'writable' } } },
);
