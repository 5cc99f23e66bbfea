/** A labelled field: ties label, control and hint together for mouse, keyboard and screen reader. */
import { cloneElement, type ReactElement, type ReactNode, useId } from 'react';

interface FieldProps {
  label: string;
  hint?: string;
  /** Label beside the control instead of above it. */
  row?: boolean;
  children: ReactElement<{ id?: string; 'aria-describedby'?: string | undefined }>;
}

export function Field({ label, hint, row = false, children }: FieldProps): ReactNode {
  const id = useId();
  const hintId = `${id}-hint`;
  return (
    <div className={row ? 'co-field co-field-row' : 'co-field'}>
      <label htmlFor={id}>{label}</label>
      {cloneElement(children, { id, 'aria-describedby': hint ? hintId : undefined })}
      {hint && <small id={hintId}>{hint}</small>}
    </div>
  );
}
