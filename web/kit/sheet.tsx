/** Sheets and confirmations on the native dialog: the browser keeps the focus inside and Escape closes. */
import { useEffect, useId, useRef } from 'react';
import { Icon } from './icons.tsx';
import { useKitTexts } from './language.tsx';

interface SheetProps {
  open: boolean;
  onClose: () => void;
  title: string;
  children: React.ReactNode;
  testId?: string;
}

/** From below on a phone, in the middle on a desk. */
export function Sheet({ open, onClose, title, children, testId }: SheetProps): React.ReactNode {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  const t = useKitTexts();
  useEffect(() => {
    const dialog = box.current;
    if (open && dialog && !dialog.open) dialog.showModal();
    if (!open && dialog?.open) dialog.close();
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it already; the click is for the backdrop
    <dialog
      ref={box}
      className="hq-sheet"
      aria-labelledby={id}
      data-testid={testId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === box.current) onClose();
      }}
    >
      {open && (
        <div className="hq-sheet-body">
          <header>
            <h2 id={id}>{title}</h2>
            <button
              type="button"
              className="hq-icon-button"
              aria-label={t('close')}
              onClick={onClose}
            >
              <Icon name="close" />
            </button>
          </header>
          {children}
        </div>
      )}
    </dialog>
  );
}

interface ConfirmProps {
  open: boolean;
  onClose: () => void;
  onConfirm: () => void;
  title: string;
  say: string;
  act: string;
  busy?: boolean;
  danger?: boolean;
  children?: React.ReactNode;
}

/** Asks before what cannot be undone; the way out comes first and is the default. */
export function Confirm(props: ConfirmProps): React.ReactNode {
  const { open, onClose, onConfirm, title, say, act, busy = false, danger = false } = props;
  const t = useKitTexts();
  return (
    <Sheet open={open} onClose={onClose} title={title} testId="confirm">
      <p className="hq-sheet-say">{say}</p>
      {props.children}
      <div className="hq-sheet-acts">
        <button type="button" className="hq-button hq-button-quiet" onClick={onClose}>
          {t('cancel')}
        </button>
        <button
          type="button"
          className={`hq-button ${danger ? 'hq-button-danger' : ''}`}
          disabled={busy}
          data-testid="confirm-act"
          onClick={onConfirm}
        >
          {act}
        </button>
      </div>
    </Sheet>
  );
}
