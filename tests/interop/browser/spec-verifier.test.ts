import { describe } from 'vitest';
import { describeDcApiModes } from './dc-api-modes.ts';
import { specVerifier } from './spec-verifier.ts';

describe('a verifier written from the text of the specification', () => describeDcApiModes(specVerifier));
