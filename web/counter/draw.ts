/** Draws a QR code as SVG text; the writer of zxing comes from our own origin. */
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer';
import wasm from 'zxing-wasm/writer/zxing_writer.wasm?url';

prepareZXingModule({
  overrides: { locateFile: (path: string) => (path.endsWith('.wasm') ? wasm : path) },
});

export async function drawQr(text: string): Promise<string> {
  const { svg, error } = await writeBarcode(text, { format: 'QRCode', addQuietZones: true });
  if (error) throw new Error(error);
  // Without a view box it would keep its size of one pixel a square.
  const scaled = svg.replace(/<svg width="(\d+)" height="(\d+)"/, '$& viewBox="0 0 $1 $2"');
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(scaled)}`;
}
