/** What the build adds for the counter: its service worker with the files it keeps, and icons drawn from the SVG. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Plugin } from 'vite';

const WEB = import.meta.dirname;
const ICONS = [192, 512];
/** Served as they are, beside what is built. */
const STATIC = ['/counter.webmanifest', '/theme.js', '/counter.svg', '/counter-192.png'];

interface Chunk {
  type: string;
  name?: string;
  isEntry?: boolean;
  fileName: string;
  imports?: string[];
  dynamicImports?: string[];
  viteMetadata?: { importedCss: Set<string>; importedAssets: Set<string> };
}

export const counterPlugin: Plugin = {
  name: 'counter',
  enforce: 'post',
  async generateBundle(_options, bundle) {
    const files = ['/counter', ...STATIC, ...filesOf(bundle as unknown as Record<string, Chunk>)];
    const version = createHash('sha256')
      .update(JSON.stringify([files, readFileSync(join(WEB, 'counter.html'), 'utf8')]))
      .digest('hex')
      .slice(0, 12);
    const source = readFileSync(join(WEB, 'counter/worker.js'), 'utf8')
      .replace("['@files@']", JSON.stringify(files))
      .replace('@version@', version);
    this.emitFile({ type: 'asset', fileName: 'counter-sw.js', source });
    for (const size of ICONS) {
      const svg = readFileSync(join(WEB, 'public/counter.svg'));
      const icon = await sharp(svg, { density: 72 * (size / 64) })
        .resize(size, size)
        .png();
      const drawn = new Uint8Array(await icon.toBuffer());
      this.emitFile({ type: 'asset', fileName: `counter-${size}.png`, source: drawn });
    }
  },
};

/** Everything that the entry can come to need. Fonts are left out: a till has its own, and they are many. */
function filesOf(bundle: Record<string, Chunk>): string[] {
  const found = new Set<string>();
  const entry = Object.values(bundle).find((one) => one.isEntry && one.name === 'counter');
  const left = entry ? [entry.fileName] : [];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const { imports = [], dynamicImports = [], viteMetadata } = bundle[name] ?? {};
    left.push(...imports, ...dynamicImports);
    for (const css of viteMetadata?.importedCss ?? []) found.add(css);
    for (const asset of viteMetadata?.importedAssets ?? []) found.add(asset);
  }
  return [...found]
    .filter((name) => !/\.woff2?$|fallback-font/.test(name))
    .map((name) => `/${name}`)
    .sort();
}
