import { describe } from 'vitest';
import { describeDcApiModes } from './dc-api-modes.ts';
import { theirVerifier } from './their-verifier.ts';

describe('a verifier made of other people’s software', () => describeDcApiModes(theirVerifier));
