/** Short words about what just happened, said politely, with an undo where there is one. */
import { useEffect, useSyncExternalStore } from 'react';

interface Toast {
  id: number;
  text: string;
  undo?: { label: string; act: () => void };
}

const SHOWN_MS = 5000;
let last = 0;
let shown: readonly Toast[] = [];
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  shown = next;
  for (const tell of listeners) tell();
}

export function toast(text: string, undo?: Toast['undo']): void {
  last += 1;
  set([...shown.slice(-1), { id: last, text, ...(undo && { undo }) }]);
}

const drop = (id: number): void => set(shown.filter((one) => one.id !== id));
const watch = (changed: () => void): (() => void) => {
  listeners.add(changed);
  return () => listeners.delete(changed);
};

export function Toasts(): React.ReactNode {
  const toasts = useSyncExternalStore(watch, () => shown);
  return (
    <div className="hq-toasts" role="status" aria-live="polite">
      {toasts.map((one) => (
        <Line key={one.id} toast={one} />
      ))}
    </div>
  );
}

function Line({ toast: { id, text, undo } }: { toast: Toast }): React.ReactNode {
  useEffect(() => {
    const timer = setTimeout(() => drop(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id]);
  return (
    <p data-testid="toast">
      <span>{text}</span>
      {undo && (
        <button
          type="button"
          onClick={() => {
            undo.act();
            drop(id);
          }}
        >
          {undo.label}
        </button>
      )}
    </p>
  );
}
