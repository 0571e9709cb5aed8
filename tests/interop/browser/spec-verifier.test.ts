import { describe } from 'vitest';
import { describeClientForgeries, describeClientModes } from './client-modes.ts';
import { atTheDesk, withLicences } from './dc-api-desk.ts';
import { describeDcApiForgeries } from './dc-api-lies.ts';
import { describeDcApiModes } from './dc-api-modes.ts';
import { specVerifier } from './spec-verifier/index.ts';

// What any verifier would ask, or lie, in the same bytes is in `their-verifier.test.ts`.
describe('a verifier written from the text of the specification', () => {
  const scene = withLicences(4);
  describe('through the browser', () => {
    const desk = atTheDesk(scene, specVerifier);
    describeDcApiModes(desk);
    describeClientModes(desk);
  });
  describe('gets nobody asked where its request', () => {
    const desk = atTheDesk(scene, specVerifier, 'all tests');
    describeDcApiForgeries(desk);
    describeClientForgeries(desk);
  });
});
