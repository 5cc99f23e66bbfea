/** Decides whether this machine can draw Chinese by itself, and loads the web font only when it cannot. */

const SIDE = 24;

/** Asks for the web font when 回 and 券 come out as the same missing-glyph box. */
export async function ensureChineseFont(): Promise<void> {
  if (picture('回') !== picture('券')) return;
  await import('./fallback-font.ts');
}

function picture(glyph: string): string {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE;
  const pen = canvas.getContext('2d');
  if (!pen) return glyph;
  pen.font = `${SIDE - 4}px sans-serif`;
  pen.textBaseline = 'top';
  pen.fillText(glyph, 1, 1);
  return pen.getImageData(0, 0, SIDE, SIDE).data.join();
}
