import type { AuditLog } from '../audit/index.ts';
import type { Clock } from '../core/index.ts';
import type { Tier } from '../vault/index.ts';

export type AttributeType = 'text' | 'number' | 'date' | 'yes_no';

export interface AttributeInput {
  readonly label: string;
  readonly type: AttributeType;
  readonly value: string;
  readonly tier: Tier;
}

export interface Attribute extends AttributeInput {
  readonly id: string;
  readonly updatedAt: number;
}

export declare class Attributes {
  constructor(log: AuditLog, options: { clock: Clock });
  list(): Promise<readonly Attribute[]>;
  add(input: AttributeInput): Promise<Attribute>;
  change(id: string, input: AttributeInput): Promise<Attribute>;
  delete(id: string): Promise<void>;
}
