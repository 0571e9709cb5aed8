/** What the person wants Signet to look like. `system` follows the system and stores nothing. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'theme';

export function currentTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

/** Sets and keeps the look; `public/theme.js` applies it before first paint from then on. */
export function setTheme(theme: Theme): void {
  if (theme === 'system') {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset['theme'];
    return;
  }
  localStorage.setItem(KEY, theme);
  document.documentElement.dataset['theme'] = theme;
}
