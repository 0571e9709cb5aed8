import { describe } from 'vitest';
import { describeClientForgeries, describeClientModes } from './client-modes.ts';
import { atTheDesk, withLicences } from './dc-api-desk.ts';
import { describeDcApiForgeries, describeDcApiLies } from './dc-api-lies.ts';
import { describeDcApiModes, describeVisits } from './dc-api-modes.ts';
import { theirVerifier } from './their-verifier/index.ts';

describe('a verifier made of other people’s software', () => {
  const scene = withLicences(4);
  describe('through the browser', () => {
    const desk = atTheDesk(scene, theirVerifier);
    describeDcApiModes(desk);
    describeVisits(desk);
    describeClientModes(desk);
  });
  describe('gets nobody asked where its request', () => {
    const desk = atTheDesk(scene, theirVerifier, 'all tests');
    describeDcApiForgeries(desk);
    describeClientForgeries(desk);
    describeDcApiLies(desk);
  });
});
