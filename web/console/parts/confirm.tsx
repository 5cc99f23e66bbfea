/** Asks before anything that cannot be undone, in one sentence that names what will happen. */
import { App, Button, type ButtonProps } from 'antd';
import { type ReactNode, useCallback } from 'react';
import { useSay } from '../say.ts';

interface Question {
  title: string;
  body: ReactNode;
  /** The button that does it; danger by default. */
  ok?: string;
  calm?: boolean;
  act: () => Promise<unknown>;
}

export function useConfirm(): (question: Question) => void {
  const { modal } = App.useApp();
  const t = useSay();
  return useCallback(
    ({ title, body, ok, calm, act }) => {
      void modal.confirm({
        title,
        content: body,
        icon: null,
        okText: ok ?? title,
        cancelText: t('shell.cancel'),
        okButtonProps: { danger: !calm },
        // Closes at once: a step-up dialogue may follow, and two dialogues must not lie on each other.
        onOk: () => {
          void act();
        },
      });
    },
    [modal, t],
  );
}

interface AskedProps extends Omit<ButtonProps, 'title' | 'onClick' | 'children'> {
  label: string;
  /** Where the question must say more than the button does. */
  title?: string;
  sure: ReactNode;
  ok?: string;
  calm?: boolean;
  act: () => Promise<unknown>;
}

/** A button that asks first. */
export function AskedButton(props: AskedProps): ReactNode {
  const { label, title = label, sure: body, ok, calm, act, ...button } = props;
  const ask = useConfirm();
  const question = { title, body, act, ...(ok !== undefined && { ok }), ...(calm && { calm }) };
  return (
    <Button {...button} onClick={() => ask(question)}>
      {label}
    </Button>
  );
}
