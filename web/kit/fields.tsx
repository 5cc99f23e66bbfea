/** Form fields of the house: label above, hint below, error tied to the input for screen readers. */
import { useId } from 'react';

interface FieldProps extends Omit<React.ComponentProps<'input'>, 'onChange' | 'value'> {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string | undefined;
  error?: string | undefined;
  /** Shown at the right end of the input, e.g. a button. */
  end?: React.ReactNode;
  start?: React.ReactNode;
}

export function Field(props: FieldProps): React.ReactNode {
  const { label, value, onChange, hint, error, end, start, ...input } = props;
  const id = useId();
  return (
    <div className="hq-field" data-error={Boolean(error)}>
      <label htmlFor={id}>{label}</label>
      <span className="hq-field-box">
        {start && <span className="hq-field-start">{start}</span>}
        <input
          {...input}
          id={id}
          value={value}
          aria-describedby={`${id}-note`}
          aria-invalid={Boolean(error)}
          onChange={(event) => onChange(event.target.value)}
        />
        {end}
      </span>
      <p id={`${id}-note`} className="hq-field-note" aria-live="polite">
        {error ?? hint}
      </p>
    </div>
  );
}

interface CheckProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: React.ReactNode;
  testId?: string;
}

export function Check({ checked, onChange, children, testId }: CheckProps): React.ReactNode {
  return (
    <label className="hq-check">
      <input
        type="checkbox"
        checked={checked}
        data-testid={testId}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{children}</span>
    </label>
  );
}

interface ChoicesProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: React.ReactNode }[];
  onChange: (value: T) => void;
  hideLabel?: boolean;
}

/** One of a few: radio buttons that look like chips. */
export function Choices<T extends string>(props: ChoicesProps<T>): React.ReactNode {
  const { label, value, options, onChange, hideLabel = false } = props;
  const name = useId();
  return (
    <fieldset className="hq-choices">
      <legend className={hideLabel ? 'hq-unseen' : ''}>{label}</legend>
      <div>
        {options.map((option) => (
          <label key={option.value} className="hq-chip">
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
