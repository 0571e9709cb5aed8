import type { Reply } from '../http.ts';
import { pageFile, Refusal } from '../http.ts';
import type { PublicJwk } from '../../lib/credentials/index.ts';
import type { Counter } from './counter.ts';
import { PEOPLE } from './people.ts';

/** The page that asks somebody whom a wallet sent who they are. @param id of what they came for */
export function askWho(id: string): Reply {
  const people = PEOPLE.map(
    ({ id: person, given_name, family_name }) =>
      `<li><a class="sign-in" href="/authorize/as?id=${id}&amp;person=${person}">I am ${given_name} ${family_name}</a></li>`,
  );
  return pageFile('text/html; charset=utf-8', page(`<ul class="sign-ins">${people.join('')}</ul>`));
}

const page = (choices: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Sign in · State of Example</title>
    <link rel="icon" href="/crest.svg" />
    <link rel="stylesheet" href="/page.css" />
  </head>
  <body>
    <header class="banner">
      <img src="/crest.svg" alt="" width="40" height="40" />
      <p><strong>State of Example</strong><span>Office of Papers</span></p>
    </header>
    <main id="main">
      <h1>Who are you?</h1>
      <p class="lead">Your wallet wants a driving licence for you. Everyone here is made up, so a name will do.</p>
      ${choices}
    </main>
  </body>
</html>`;

/** Sends somebody who said who they are back to their wallet, with a code (RFC 6749 §4.1.2, RFC 9207). */
export function seeOff(
  given: URLSearchParams,
  { counter, origin }: { readonly counter: Counter<PublicJwk>; readonly origin: string },
): Reply {
  const person = PEOPLE.find(({ id }) => id === given.get('person'));
  if (person === undefined) throw new Refusal(404, 'Nobody of that name is on the register.');
  const came = counter.signIn(given.get('id') ?? '', person);
  if (came === undefined)
    throw new Refusal(410, 'You have been here already, or for too long. Begin again in your wallet.');
  const back = new URL(came.redirectUri);
  for (const [name, value] of Object.entries({ code: came.code, state: came.state, iss: origin })) {
    back.searchParams.set(name, value);
  }
  return { status: 302, headers: { Location: back.href, 'Cache-Control': 'no-store' }, body: '' };
}
