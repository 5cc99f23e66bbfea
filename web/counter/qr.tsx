/** An address as a QR code, black on white in the dark too, for only that is read by every camera. */
import { useQuery } from '@tanstack/react-query';
import { Skeleton } from '../kit/index.ts';
import { useCounterTexts } from './texts.ts';

export function Qr({ path, label }: { path: string; label: string }): React.ReactNode {
  const t = useCounterTexts();
  const drawn = useQuery({
    queryKey: ['qr', path],
    queryFn: async () => {
      const { drawQr } = await import('./draw.ts');
      return await drawQr(new URL(path, location.origin).href);
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (drawn.error) return <p>{t('slipQrFailed')}</p>;
  if (!drawn.data) return <Skeleton lines={3} />;
  return (
    <figure className="counter-qr">
      <img src={drawn.data} alt={label} data-testid="qr" data-path={path} />
      <figcaption>{label}</figcaption>
    </figure>
  );
}
