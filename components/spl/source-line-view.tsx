import type { Place } from '../../lib/spl/index.ts';
import { sourceLineOf } from './source-line.ts';

/** The line that a place is in, the place underlined. Nothing is drawn where the place covers nothing. */
export const SourceLineView = ({ source, place }: { source: string; place: Place }) => {
  const line = sourceLineOf(source, place);
  if (line === undefined) return null;
  return (
    <code class="source-line" dir="ltr">
      <bdi>{line.before}</bdi>
      <mark>{line.marked}</mark>
      <bdi>{line.after}</bdi>
    </code>
  );
};
