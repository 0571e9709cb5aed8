import { useId } from 'preact/hooks';

/** How far work has come, as a bar and in words. Before the first step is done, `total` is 0. */
export const Progress = ({ label, done, total }: { label: string; done: number; total: number }) => {
  const id = useId();
  return (
    <div class="progress">
      <span id={id} class="small soft">
        {label}
      </span>
      <progress aria-labelledby={id} {...(total === 0 ? {} : { value: done, max: total })} />
    </div>
  );
};
