/** Pressing a button that does something: one key per action, so that a repeat after a bad line never does it twice. */
import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd-mobile';
import { useRef } from 'react';
import type { Routes } from '../api.gen.ts';
import { call, type Input, isTransient, newKey, type Reply } from '../api.ts';

type Command = Exclude<keyof Routes, `GET ${string}`>;

/** A typed command. While it may not have arrived, the same input keeps its key; any answer ends the action. */
export function useAct<K extends Command>(route: K, done?: (reply: Reply<K>) => void) {
  const kept = useRef<{ input: Input<K>; key: string }>(undefined);
  return useMutation({
    mutationFn: async (input: Input<K>): Promise<Reply<K>> => {
      const same = kept.current && JSON.stringify(kept.current.input) === JSON.stringify(input);
      if (!same) kept.current = { input, key: newKey() };
      const options = kept.current && { key: kept.current.key };
      try {
        const reply = await (call as Call<K>)(route, input, options);
        kept.current = undefined;
        return reply;
      } catch (error) {
        if (!isTransient(error)) kept.current = undefined;
        throw error;
      }
    },
    ...(done && { onSuccess: done }),
  });
}
type Call<K extends Command> = (
  route: K,
  input: Input<K>,
  options: { key: string } | undefined,
) => Promise<Reply<K>>;

interface DoProps {
  children: React.ReactNode;
  onClick?: () => void;
  busy?: boolean;
  disabled?: boolean;
  submit?: boolean;
  tone?: 'primary' | 'quiet' | 'danger';
  testId?: string;
}

/** The button of the consumer app. */
export function Do(props: DoProps): React.ReactNode {
  const { children, onClick, busy = false, disabled = false, submit, tone = 'primary' } = props;
  return (
    <Button
      block
      shape="rounded"
      color={tone === 'quiet' ? 'default' : tone}
      fill={tone === 'quiet' ? 'outline' : 'solid'}
      size="large"
      type={submit ? 'submit' : 'button'}
      loading={busy}
      // What is being done stays to be read beside the wheel.
      {...(typeof children === 'string' && { loadingText: children })}
      disabled={disabled || busy}
      aria-busy={busy}
      data-testid={props.testId}
      {...(onClick && { onClick })}
    >
      {children}
    </Button>
  );
}
