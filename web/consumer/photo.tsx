/** A photo of the card, read by the server, which keeps nothing of it. */
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { Product } from '../api.gen.ts';
import { ApiProblem, scanPhoto } from '../api.ts';
import { Icon, Notice, Refusal } from '../kit/index.ts';
import { useTexts } from './texts.ts';

const BYTES_MAX = 8 * 1024 * 1024;
const UNREADABLE = ['image_unreadable', 'barcode_not_found', 'no_barcode'];

interface PhotoProps {
  product: Product;
  formatName: string;
  onRead: (text: string) => void;
}

export function Photo({ product, formatName, onRead }: PhotoProps): React.ReactNode {
  const t = useTexts();
  const id = useId();
  const [note, setNote] = useState<'large' | 'wrong'>();
  const scan = useMutation({
    mutationFn: (photo: Blob) => scanPhoto(photo, { sku: product.sku }),
    onSuccess: ({ text, fits }) => (fits ? onRead(text) : setNote('wrong')),
  });
  const take = (file: File | undefined): void => {
    if (!file) return;
    setNote(file.size > BYTES_MAX ? 'large' : undefined);
    if (file.size <= BYTES_MAX) scan.mutate(file);
  };
  const { error } = scan;
  const unreadable = error instanceof ApiProblem && UNREADABLE.includes(error.code);
  return (
    <div className="stack-s">
      <input
        id={id}
        type="file"
        accept="image/jpeg,image/png,image/webp"
        capture="environment"
        className="hq-unseen"
        data-testid="photo"
        onChange={({ target }) => {
          take(target.files?.[0]);
          target.value = '';
        }}
      />
      <label htmlFor={id} className="hq-button hq-button-quiet hq-button-wide photo-pick">
        <Icon name="photo" size={20} />
        {scan.isPending ? t('handPhotoBusy') : t('handPhotoPick')}
      </label>
      <p className="fine">{t('handPhotoHint', { format: formatName })}</p>
      <div aria-live="polite">
        {(note || unreadable) && (
          <Notice tone="warn" icon="photo">
            <p data-testid="photo-note">
              {note === 'large'
                ? t('handPhotoLarge')
                : note === 'wrong'
                  ? t('handPhotoWrong')
                  : t('handPhotoNone', { format: formatName })}
            </p>
          </Notice>
        )}
      </div>
      {error && !unreadable && <Refusal of={error} />}
    </div>
  );
}
