/** Chinese glyphs for machines that have none; slices of ~100 characters, fetched only for text on the screen. */
import '@fontsource/noto-sans-sc/400.css';
import '@fontsource/noto-sans-sc/700.css';
