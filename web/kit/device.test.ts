// Goal: a person recognises a device that is signed in: the browser and the system it is, not those it imitates.
// Method: user-agent lines as browsers send them.
import assert from 'node:assert/strict';
import test from 'node:test';
import { deviceName } from './device.ts';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

test('a user-agent line is read as the browser it is', () => {
  const windows = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT}`;
  const android = `Mozilla/5.0 (Linux; Android 14; K) ${WEBKIT}`;
  const iPhone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15';
  const lines = [
    [`${windows} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0`, 'Edge · Windows'],
    [`${windows} Chrome/126.0.0.0 Safari/537.36`, 'Chrome · Windows'],
    [`${android} Chrome/126.0.0.0 Mobile Safari/537.36`, 'Chrome · Android'],
    [`${android} Chrome/126.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.49`, 'WeChat · Android'],
    [`${iPhone} (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1`, 'Safari · iPhone'],
    [`${iPhone} (KHTML, like Gecko) CriOS/126.0 Mobile/15E148 Safari/604.1`, 'Chrome · iPhone'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0', 'Firefox · Linux'],
    ['curl/8.5.0', undefined],
  ] as const;
  for (const [line, name] of lines) assert.equal(deviceName(line), name, line);
});
