import type { AttributeType } from '../lib/messaging/index.ts';
import { t, uiLanguage } from '../lib/platform/index.ts';
import { dateWords } from './time-words.ts';

/** The value of an attribute as people write it. */
export function attributeWords(type: AttributeType, value: string): string {
  switch (type) {
    case 'yes_no':
      return value === 'true' ? t('yes') : t('no');
    case 'date':
      return Number.isNaN(Date.parse(`${value}T00:00`)) ? value : dateWords(Date.parse(`${value}T00:00`));
    case 'number':
      return Number.isSafeInteger(Number(value)) ? new Intl.NumberFormat(uiLanguage()).format(Number(value)) : value;
    case 'text':
      return value;
  }
}
