import { describe } from 'vitest';
import { withLicences } from './dc-api-desk.ts';
import { atTheLinkDesk } from './link-desk.ts';
import { describeLinkForgeries } from './link-lies.ts';
import { describeLinkModes } from './link-modes.ts';
import { specVerifier } from './spec-verifier/index.ts';

describe('a verifier written from the text of the specification, by a link', () => {
  const desk = atTheLinkDesk(withLicences(3), specVerifier);
  describeLinkModes(desk);
  describeLinkForgeries(desk);
});
