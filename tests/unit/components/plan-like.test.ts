import { describe, expect, it } from 'vitest';
import { planLike } from '../../../components/plan-like.ts';

const plan = (digest: string, ...ids: readonly string[]) => ({
  digest,
  credentials: ids.map((credentialId) => ({
    credentialId,
    name: credentialId,
    issuer: { origin: 'https://issuer.example', name: '', vouched: false },
    instancesLeft: 1,
  })),
});

describe('the plan that stands for the one the person chose', () => {
  const licence = plan('1', 'licence');
  const card = plan('2', 'card');
  const none: readonly (typeof card)[] = [];

  it('is the first while they chose none', () => {
    expect(planLike([licence, card], undefined)).toBe(licence);
    expect(planLike(none, undefined)).toBeUndefined();
  });

  it('is itself while it is there', () => {
    expect(planLike([licence, card], card)).toBe(card);
  });

  it('is the one from the same credential when all of them were made anew', () => {
    const anew = [plan('3', 'licence', 'ticket'), plan('4', 'card', 'ticket')];
    expect(planLike(anew, card)).toBe(anew[1]);
    expect(planLike([licence, card], anew[1])).toBe(card);
  });

  it('is the first where nothing of it is left', () => {
    expect(planLike([licence], card)).toBe(licence);
    expect(planLike(none, card)).toBeUndefined();
  });
});
