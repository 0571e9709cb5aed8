import { describe } from 'vitest';
import { withLicences } from './dc-api-desk.ts';
import { atTheLinkDesk } from './link-desk.ts';
import { describeLinkForgeries, describeLinkLies } from './link-lies.ts';
import { describeLinkModes } from './link-modes.ts';
import { theirVerifier } from './their-verifier/index.ts';

describe('a verifier made of other people’s software, by a link', () => {
  const desk = atTheLinkDesk(withLicences(3), theirVerifier);
  describeLinkModes(desk);
  describeLinkForgeries(desk);
  describeLinkLies(desk);
});
