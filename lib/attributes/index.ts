export type { Attribute, AttributeInput, AttributeType } from './attribute.ts';
export { ATTRIBUTE_TYPES, isCalendarDate } from './attribute.ts';
export { Attributes } from './attributes.ts';
