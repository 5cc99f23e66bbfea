/** Where people have the page open, which a sign-in message must name. */
import type { Config } from '#platform';

/**
 * The caller's own word for it counts only where it names this machine; else a message signed on another
 * site could be brought here under that site's name.
 */
export function siteOf({ PUBLIC_URL, HOST, PORT }: Config, host: string | undefined): URL {
  const own = new URL(PUBLIC_URL || `http://${HOST}:${PORT}`);
  if (PUBLIC_URL || host === undefined || !URL.canParse(`http://${host}`)) return own;
  const said = new URL(`http://${host}`);
  return ['localhost', '127.0.0.1', '[::1]', HOST].includes(said.hostname) ? said : own;
}
