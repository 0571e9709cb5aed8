/* eslint-disable @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-misused-spread -- forging stages is what these lines try */
import { describe, expect, test } from 'vitest';
import type { Origin } from '../../../lib/core/index.ts';
import { BoundPresentation, ProofBundle, ProofPlan, ProofRequest } from '../../../lib/proofs/index.ts';

const page = { claims: ['age_over_21'], nonce: 'MDEyMzQ1Njc4OWFiY2RlZg', purpose: 'Buy wine' };
const asker = { requestId: 'r', origin: 'https://shop.example' as Origin };

describe('the stages of a proof', () => {
  test('no stage can be made but by the stage before it, in types and at run time', () => {
    const forge = [
      // @ts-expect-error the constructor is private
      () => new ProofRequest(Symbol('mint'), asker, page),
      // @ts-expect-error the constructor is private
      () => new ProofPlan(Symbol('mint'), ProofRequest.admit(asker, page), [], []),
      // @ts-expect-error the constructor is private
      () => new ProofBundle(Symbol('mint'), undefined, []),
      // @ts-expect-error the constructor is private
      () => new BoundPresentation(Symbol('mint'), {}),
      // @ts-expect-error the token cannot be named outside the pipeline
      () => ProofPlan.of(Symbol('mint'), ProofRequest.admit(asker, page), [], []),
      // @ts-expect-error the token cannot be named outside the pipeline
      () => ProofBundle.of(Symbol('mint'), undefined, []),
      // @ts-expect-error the token cannot be named outside the pipeline
      () => BoundPresentation.of(Symbol('mint'), {}),
    ];
    for (const make of forge) expect(make).toThrow('made by the stage before it');
  });

  test('an object of the same shape is no stage', () => {
    const lookalike = { ...ProofRequest.admit(asker, page) };
    // @ts-expect-error a plain object has no plan method
    const plan: ProofRequest['plan'] | undefined = lookalike.plan;
    expect(plan).toBeUndefined();
  });

  test('a request says in words what is asked before any vault is open', () => {
    expect(ProofRequest.admit(asker, { ...page, claims: ['age_over_21', 'family_name'] }).asked).toEqual([
      'over 21',
      'family name',
    ]);
  });
});
