/** What a browser kept for its owner and has no more, taken from the file that it gave him. */
import { useState } from 'react';
import { Field } from '../../kit/index.ts';
import { Do } from '../act.tsx';

export interface EnterKeptProps {
  readonly say: string;
  readonly label: string;
  readonly enter: string;
  /** Said when it is the file of something else. */
  readonly wrong: string;
  readonly testId: string;
  readonly take: (text: string) => boolean;
}

export function EnterKept(props: EnterKeptProps): React.ReactNode {
  const { say, label, enter, wrong, testId, take } = props;
  const [text, setText] = useState('');
  const [other, setOther] = useState(false);
  return (
    <form
      className="panel form"
      onSubmit={(event) => {
        event.preventDefault();
        setOther(!take(text));
      }}
    >
      <p>{say}</p>
      <Field
        label={label}
        value={text}
        onChange={setText}
        autoComplete="off"
        error={other ? wrong : undefined}
        data-testid={`${testId}-text`}
        required
      />
      <Do submit testId={`${testId}-enter`}>
        {enter}
      </Do>
    </form>
  );
}
