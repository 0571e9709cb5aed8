export type { Attribute, AttributeInput, AttributeType } from './attribute.ts';
export { ATTRIBUTE_TYPES } from './attribute.ts';
export type { OpenedAttribute } from './attributes.ts';
export { Attributes, forgetLostAttributes } from './attributes.ts';
