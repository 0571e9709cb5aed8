import type { LabMessage, LabReply } from './calls.ts';
import { Laboratory } from './laboratory.ts';

/** Stands in the place of the extension's worker: answers the bench, one call after the other. */
const laboratory = new Laboratory();

chrome.runtime.onMessage.addListener((message: LabMessage, _sender, reply: (answer: LabReply) => void) => {
  // Each call answers with what its own request asks for: the table types both ends.
  laboratory.ask(message.lab, message.request as never).then(
    (value) => reply({ value }),
    (error: unknown) => reply({ error: String(error) }),
  );
  return true;
});
chrome.runtime.onInstalled.addListener(() => void chrome.tabs.create({ url: 'app.html' }));
