import type { CompartmentName } from '../lib/messaging/index.ts';
import { t, uiLanguage } from '../lib/platform/index.ts';

/** The compartments of Tier 3, in the order they are offered. */
export const COMPARTMENTS = ['health', 'payment', 'private'] as const satisfies readonly CompartmentName[];

/** "Health and Payment". */
export const compartmentList = (names: readonly CompartmentName[]): string =>
  new Intl.ListFormat(uiLanguage(), { type: 'conjunction' }).format(names.map((name) => t(`compartment_${name}`)));
