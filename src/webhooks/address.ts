/** Where webhooks may go: public addresses by https only, so that nobody reaches into a network through us. */
import { BlockList, isIP, isIPv4 } from 'node:net';
import { Refused } from '#platform';

const closedV4 = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // carrier-grade NAT, and a cloud's metadata
  ['127.0.0.0', 8],
  ['168.63.129.16', 32], // a cloud's metadata, though it looks public
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  closedV4.addSubnet(network, bits, 'ipv4');

/** All of IPv6 but this is closed: mapped and translated IPv4, unique local, link-local, multicast. */
const openV6 = new BlockList();
openV6.addSubnet('2000::', 3, 'ipv6');
const closedV6 = new BlockList();
for (const [network, bits] of [
  ['2001::', 23], // Teredo, benchmarks, ORCHID
  ['2001:db8::', 32],
  ['2002::', 16], // 6to4 carries any IPv4 address
  ['3fff::', 20],
] as const)
  closedV6.addSubnet(network, bits, 'ipv6');

export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !closedV4.check(address, 'ipv4');
  if (isIP(address) !== 6 || address.includes('%')) return false;
  return openV6.check(address, 'ipv6') && !closedV6.check(address, 'ipv6');
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);
const LOCAL_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|arpa)$/;
const PORT_MIN = 1_024;
const URL_MAX = 500;

/** Names are looked up when something is sent, each time anew; what an address says by itself is refused at once. */
export function parseUrl(text: string, { loopback }: { loopback: boolean }): string {
  if (!URL.canParse(text)) throw new Refused('webhook_url');
  const url = new URL(text);
  url.hash = '';
  const { protocol, hostname, username, password, port, href } = url;
  if (username !== '' || password !== '' || href.length > URL_MAX) throw new Refused('webhook_url');
  if (isLoopback(url)) {
    if (!loopback) throw new Refused('webhook_url');
    return href;
  }
  const literal = addressIn(hostname);
  const isOpen = literal
    ? isPublicAddress(literal)
    : /^[^.]+(\.[^.]+)+\.?$/.test(hostname) && !LOCAL_NAME.test(hostname.replace(/\.$/, ''));
  const isPort = port === '' || port === '443' || Number(port) >= PORT_MIN;
  if (protocol !== 'https:' || !isOpen || !isPort) throw new Refused('webhook_url');
  return href;
}

/** Plain http to this very machine: for the sandbox and tests, where the configuration says so. */
export const isLoopback = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' && LOOPBACK.has(hostname);

/** The address that a host already is; undefined for names. */
export function addressIn(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? undefined : bare;
}
