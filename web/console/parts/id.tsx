/** An id short enough to read and easy to copy whole. */
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { useSay } from '../say.ts';
import { Icon } from './icons.tsx';

const TAIL = 8;
/** Up to this length an id is read whole. */
const WHOLE_MAX = 20;
const COPIED_MS = 1_500;

/** Version-7 ids begin with the time, so the tail tells them apart. */
const shortOf = (id: string): string => (id.length > WHOLE_MAX ? `…${id.slice(-TAIL)}` : id);

export function ShortId({ id, plain = false }: { id: string; plain?: boolean }): ReactNode {
  return (
    <span className="co-id">
      <code title={id}>{shortOf(id)}</code>
      {!plain && <CopyButton text={id} label={shortOf(id)} />}
    </span>
  );
}

export function CopyButton({ text, label }: { text: string; label: string }): ReactNode {
  const t = useSay();
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return (
    <Button
      type="text"
      size="small"
      aria-label={copied ? t('shell.copied') : t('shell.copyId', { id: label })}
      title={copied ? t('shell.copied') : t('shell.copy')}
      icon={<Icon name={copied ? 'check' : 'copy'} size={14} />}
      onClick={() => void copy()}
    />
  );
}
