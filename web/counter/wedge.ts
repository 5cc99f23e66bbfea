/** Hears a scanner that types like a keyboard: a burst faster than fingers that ends with Enter. Hides keys and timing. */

/** One slow key does not end a burst, for tills are busy; fingers are slower on the whole. */
const GAP_MS = 200;
const MEAN_MS_MAX = 55;
const LENGTH_MIN = 6;

interface Burst {
  text: string;
  began: number;
  at: number;
  field: HTMLInputElement | undefined;
  before: string;
}

/** Gives how to stop. A field that had the focus gets back what was in it before. */
export function hearScanner(scanned: (text: string) => void): () => void {
  let burst: Burst | undefined;
  const hear = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const isLate = burst === undefined || event.timeStamp - burst.at > GAP_MS;
    if (event.key === 'Enter') {
      const done = !isLate && burst && isFast(burst) ? burst : undefined;
      burst = undefined;
      if (!done) return;
      event.preventDefault();
      event.stopPropagation();
      if (done.field) putBack(done.field, done.before);
      scanned(done.text);
      return;
    }
    if (event.key.length !== 1) return;
    if (isLate || !burst) burst = begin(event);
    burst.text += event.key;
    burst.at = event.timeStamp;
  };
  addEventListener('keydown', hear, true);
  return () => removeEventListener('keydown', hear, true);
}

const isFast = ({ text, began, at }: Burst): boolean =>
  text.length >= LENGTH_MIN && (at - began) / (text.length - 1) <= MEAN_MS_MAX;

function begin({ timeStamp: at, target }: KeyboardEvent): Burst {
  const field = target instanceof HTMLInputElement ? target : undefined;
  return { text: '', began: at, at, field, before: field?.value ?? '' };
}

/** React hears of a value only when it is set as the browser sets it. */
function putBack(field: HTMLInputElement, value: string): void {
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
  set?.call(field, value);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}
