/* global document, localStorage */

// Runs before first paint: without it a person who chose a look against their system's would see a flash.
// localStorage holds this one word and nothing else.
(() => {
  const theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
})();
