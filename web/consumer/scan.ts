/** Reads one bar code in the browser; zxing and its wasm come from our own origin, only when somebody scans. */
import { prepareZXingModule, type ReadInputBarcodeFormat, readBarcodes } from 'zxing-wasm/reader';
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url';

prepareZXingModule({
  overrides: { locateFile: (path: string) => (path.endsWith('.wasm') ? wasm : path) },
});

/** Only the format this product prints is looked for, so that no other code on the card is taken for it. */
export async function readCode(
  image: ImageData,
  format: ReadInputBarcodeFormat,
): Promise<string | undefined> {
  const [found] = await readBarcodes(image, {
    formats: [format],
    maxNumberOfSymbols: 1,
    tryHarder: true,
  });
  return found?.isValid ? found.text : undefined;
}
