import { describe, expect, it } from 'vitest';
import { siteActivityHash, siteHash, siteInHash } from '../../../components/site-hash.ts';
import { domainOf, isMuted, leastRoles, reaches, rulesOf } from '../../../components/site-rules.ts';
import type { RuleView, SiteView } from '../../../lib/messaging/index.ts';
import type { Role, RuleSubject } from '../../../lib/policy/index.ts';

const SHOP: SiteView = {
  subject: 'https://shop.example.com',
  role: 'commerce',
  roleBy: 'explicit',
  firstAt: 0,
  lastAt: 0,
  learned: [],
  permits: ['mine'],
  denials: ['never'],
};

const view = (id: string, subject: RuleSubject, ended = false): RuleView => ({
  rule: {
    id,
    effect: 'permit',
    subject,
    action: 'prove',
    claims: ['age_over_21'],
    when: [],
    locked: false,
    made: { at: 0, by: 'person' },
  },
  uses: 0,
  ended,
});

describe('a rule about more than one site', () => {
  it.each<[string, RuleSubject]>([
    ['everybody', { any: true }],
    ['sites', { kind: 'site' }],
    ['the domain', { domain: 'example.com' }],
    ['the host itself', { domain: 'shop.example.com' }],
    ['its role', { role: 'commerce' }],
    ['a role that its own contains', { role: 'public' }],
  ])('about %s is about the site too', (_, subject) => {
    expect(reaches(subject, SHOP)).toBe(true);
  });

  it.each<[string, RuleSubject]>([
    ['agents', { kind: 'agent' }],
    ['another domain', { domain: 'example.org' }],
    ['a domain that ends alike', { domain: 'ample.com' }],
    ['a host below it', { domain: 'www.shop.example.com' }],
    ['a role beyond its own', { role: 'medical' }],
    ['an agent of its name', { agent: SHOP.subject }],
    ['exactly it, which is no wider rule', { site: SHOP.subject }],
  ])('about %s is not', (_, subject) => {
    expect(reaches(subject, SHOP)).toBe(false);
  });
});

describe('the rules of a site', () => {
  it('are its own by name, and the wider ones that still stand', () => {
    const rules = [
      view('mine', { site: SHOP.subject }),
      view('never', { site: SHOP.subject }),
      view('other', { site: 'https://other.example' }),
      view('wide', { any: true }),
      view('over', { any: true }, true),
    ];
    const { permits, denials, wider } = rulesOf(SHOP, rules);
    const ids = [permits, denials, wider].map((views) => views.map(({ rule }) => rule.id));
    expect(ids).toEqual([['mine'], ['never'], ['wide']]);
  });
});

describe('least roles', () => {
  it('are the person’s own before the defaults, and no other', () => {
    const defaults = [
      { claim: 'email', label: 'e-mail address', least: 'commerce' },
      { claim: 'iban', label: 'bank account', least: 'financial' },
    ] as const;
    const own: Readonly<Record<string, Role>> = { email: 'identity', unheard_of: 'public' };
    expect(leastRoles(defaults, own).map(({ claim, least }) => [claim, least])).toEqual([
      ['email', 'identity'],
      ['iban', 'financial'],
    ]);
  });
});

describe('the domain that gives a site its role', () => {
  it('is the narrowest that the person spoke of, and no other', () => {
    const by = 'domain';
    const role = 'commerce';
    const roles = [
      { subject: 'example.com', by, role },
      { subject: 'shop.example.com', by, role },
      { subject: 'op.example.com', by, role },
      { subject: 'https://shop.example.com', by: 'explicit', role },
    ] as const;
    expect(domainOf('https://shop.example.com:8443', roles)).toBe('shop.example.com');
    expect(domainOf('https://news.example.com', roles)).toBe('example.com');
    expect(domainOf('https://example.org', roles)).toBeUndefined();
  });
});

describe('a mute', () => {
  it('ends at its time and not before', () => {
    expect(isMuted({ mutedUntil: 1000 }, 999)).toBe(true);
    expect(isMuted({ mutedUntil: 1000 }, 1000)).toBe(false);
    expect(isMuted({}, 0)).toBe(false);
  });
});

describe('the address of a site in the app', () => {
  it.each(['https://shop.example.com', 'http://[::1]:8443', 'https://a.example/%/#'])('leads back to %s', (site) => {
    expect(siteInHash(siteHash(site).slice('#/sites/'.length))).toBe(site);
    expect(siteInHash(siteActivityHash(site).slice('#/activity/'.length))).toBe(site);
    expect(siteHash(site).split('/')).toHaveLength(3);
  });

  it('that nobody could have written names none', () => {
    expect(siteInHash('%E0%A4%A')).toBe('');
  });
});
