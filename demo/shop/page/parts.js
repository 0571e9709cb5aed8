/** What the doors and the till share. */

export const byId = (id) => document.getElementById(id);

export const post = (path, body) =>
  fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

/** An element with a text, and whatever else it is given. */
export const element = (tag, textContent, more = {}) =>
  Object.assign(document.createElement(tag), { textContent }, more);
