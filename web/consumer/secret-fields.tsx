/** Number and PIN of a card, typed in to be sealed; the browser is asked not to remember them. */
import { Field } from '../kit/index.ts';

export interface CardWords {
  readonly number: string;
  readonly pin: string;
}

export function SecretFields(props: {
  typed: CardWords;
  onChange: (typed: CardWords) => void;
  /** Cards of this product have a PIN. */
  hasPin: boolean;
  labels: CardWords;
}): React.ReactNode {
  const { typed, onChange, hasPin, labels } = props;
  return (
    <>
      <Field
        label={labels.number}
        value={typed.number}
        onChange={(number) => onChange({ ...typed, number })}
        autoComplete="off"
        data-testid="card-number"
        required
      />
      {hasPin && (
        <Field
          label={labels.pin}
          value={typed.pin}
          onChange={(pin) => onChange({ ...typed, pin })}
          autoComplete="off"
          data-testid="card-pin"
          required
        />
      )}
    </>
  );
}
