/** Live scan with the camera of the phone; hides permissions, frames and the release of the camera. */
import { useEffect, useRef, useState } from 'react';
import type { Product } from '../api.gen.ts';
import { Icon, Notice } from '../kit/index.ts';
import { Do } from './act.tsx';
import { useTexts } from './texts.ts';

const FRAME_MS = 220;
/** Wide enough for a dense code, small enough for an old phone. */
const WIDTH_MAX = 1280;

type Trouble = 'denied' | 'none';

interface CameraProps {
  format: Product['barcodeFormat'];
  formatName: string;
  onRead: (text: string) => void;
}

export function Camera({ format, formatName, onRead }: CameraProps): React.ReactNode {
  const t = useTexts();
  const [on, setOn] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const video = useRef<HTMLVideoElement>(null);
  const read = useRef(onRead);
  read.current = onRead;

  useEffect(() => {
    if (!on) return;
    const stop = new AbortController();
    watch(video.current, format, stop.signal)
      .then((text) => text !== undefined && read.current(text))
      .catch((error: unknown) => {
        const denied = error instanceof DOMException && error.name === 'NotAllowedError';
        setTrouble(denied ? 'denied' : 'none');
      })
      .finally(() => setOn(false));
    return () => stop.abort();
  }, [on, format]);

  return (
    <div className="stack-s">
      {trouble && (
        <Notice tone="warn" icon="camera">
          <p role="alert">{t(trouble === 'denied' ? 'handScanDenied' : 'handScanNone')}</p>
        </Notice>
      )}
      {on && (
        <div className="viewfinder">
          <video ref={video} playsInline muted aria-label={t('handScan')} />
          <span aria-hidden="true" />
        </div>
      )}
      <p className="fine">{t('handScanAim', { format: formatName })}</p>
      <Do
        tone="quiet"
        testId="camera"
        onClick={() => {
          setTrouble(undefined);
          setOn(!on);
        }}
      >
        <Icon name="camera" size={20} /> {t(on ? 'handScanStop' : 'handScanStart')}
      </Do>
    </div>
  );
}

/** Looks at a few frames a second until one can be read; undefined when stopped before. */
async function watch(
  video: HTMLVideoElement | null,
  format: Product['barcodeFormat'],
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!video || !navigator.mediaDevices) throw new Error('no camera');
  const [{ readCode }, stream] = await Promise.all([
    import('./scan.ts'),
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }),
  ]);
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  try {
    if (!pen || signal.aborted) return undefined;
    video.srcObject = stream;
    await video.play();
    while (!signal.aborted) {
      const scale = Math.min(1, WIDTH_MAX / Math.max(1, video.videoWidth));
      canvas.width = Math.max(1, Math.round(video.videoWidth * scale));
      canvas.height = Math.max(1, Math.round(video.videoHeight * scale));
      pen.drawImage(video, 0, 0, canvas.width, canvas.height);
      const text = await readCode(pen.getImageData(0, 0, canvas.width, canvas.height), format);
      if (text !== undefined) return text;
      await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
    }
    return undefined;
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}
