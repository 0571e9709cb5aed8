export type { Attribute, AttributeInput, AttributeType } from './attributes.ts';
export { Attributes } from './attributes.ts';
