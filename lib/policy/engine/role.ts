/** Public < Commerce < {Financial, Medical} < Identity < TrustedAgent: Financial and Medical do not contain each other. */
export const ROLES = ['public', 'commerce', 'financial', 'medical', 'identity', 'trusted_agent'] as const;
export type Role = (typeof ROLES)[number];

const CONTAINED: Readonly<Record<Role, readonly Role[]>> = {
  public: ['public'],
  commerce: ['public', 'commerce'],
  financial: ['public', 'commerce', 'financial'],
  medical: ['public', 'commerce', 'medical'],
  identity: ['public', 'commerce', 'financial', 'medical', 'identity'],
  trusted_agent: ROLES,
};

/** Whether whoever has `role` may learn what `least` is enough for. */
export const contains = (role: Role, least: Role): boolean => CONTAINED[role].includes(least);
