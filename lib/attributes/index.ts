export type { Attribute, AttributeInput, AttributeType } from './attribute.ts';
export { ATTRIBUTE_TYPES } from './attribute.ts';
export type { OpenedAttribute, ReadableAttributes } from './attributes.ts';
export { Attributes, forgetLostAttributes, listReadableAttributes } from './attributes.ts';
