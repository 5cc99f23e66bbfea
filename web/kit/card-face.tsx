/** A drawn gift card in the colour of its (fictional) brand; no logo, no photo, nothing loaded from anywhere. */
import { CATEGORY_WORDS, type Category } from '../../src/cards/schema.ts';
import { Icon, type IconName } from './icons.tsx';
import { usePick } from './language.tsx';

export const categoryIcons: Record<Category, IconName> = {
  dining: 'meal',
  grocery: 'market',
  cinema: 'cinema',
  fresh: 'fresh',
  fuel: 'fuel',
  ecommerce: 'shop',
  cafe: 'tea',
  membership: 'member',
};

const isCategory = (name: string): name is Category => name in CATEGORY_WORDS;
export const iconOfCategory = (name: string): IconName =>
  isCategory(name) ? categoryIcons[name] : 'orders';

interface CardFaceProps {
  product: {
    name: { zh: string; en: string };
    issuerName: { zh: string; en: string };
    category: string;
    brandColour: string;
  };
  size?: 's' | 'l';
  last4?: string | undefined;
}

export function CardFace({ product, size = 'l', last4 }: CardFaceProps): React.ReactNode {
  const pick = usePick();
  const colour = /^#[0-9a-f]{6}$/i.test(product.brandColour) ? product.brandColour : '#4f534b';
  const icon = iconOfCategory(product.category);
  const style = { '--brand': colour, '--on-brand': inkOn(colour) } as React.CSSProperties;
  return (
    <span className={`hq-card hq-card-${size}`} style={style} aria-hidden="true">
      <svg
        viewBox="0 0 160 100"
        preserveAspectRatio="xMidYMid slice"
        className="hq-card-wave"
        aria-hidden="true"
      >
        <path d={waveOf(pick(product.name))} />
        <circle cx="136" cy="14" r="38" />
      </svg>
      <span className="hq-card-icon">
        <Icon name={icon} size={size === 'l' ? 30 : 22} />
      </span>
      {size === 'l' && (
        <span className="hq-card-words">
          <span>{pick(product.issuerName)}</span>
          <strong>{pick(product.name)}</strong>
          {last4 && <span className="hq-card-number">•••• {last4}</span>}
        </span>
      )}
    </span>
  );
}

/** Black or white, whichever is easier to read on this colour (WCAG relative luminance). */
function inkOn(hex: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.36 ? '#1b1f1d' : '#ffffff';
}

/** A curve that is always the same for one name, so that a card is recognised again. */
function waveOf(name: string): string {
  let seed = 7;
  for (const letter of name) seed = (seed * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  const [a, b, c] = [40 + (seed % 34), 30 + (seed % 47), 48 + (seed % 29)];
  return `M0 ${a} C 40 ${b}, 70 ${c + 34}, 110 ${c} S 150 ${a - 12}, 160 ${b + 8} V 100 H 0 Z`;
}
