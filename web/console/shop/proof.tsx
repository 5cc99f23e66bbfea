/** What was published of an auction or a round, and whether it clears again to the same result. */
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { Skeleton } from '../../kit/states.tsx';
import { useAsk } from '../ask.ts';
import { Facts, Panel } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';

export function Proof({ id }: { id: string }): ReactNode {
  const t = useSay();
  const replay = useAsk('GET /v1/auctions/:id/replay', { params: { id } });
  if (replay.isError) return null;
  return (
    <Panel
      title={t('auction.proof')}
      note={t('auction.proofNote')}
      actions={
        <Button loading={replay.isFetching} onClick={() => void replay.refetch()}>
          {t('auction.again')}
        </Button>
      }
    >
      {!replay.data && <Skeleton lines={2} />}
      {replay.data?.items.map(({ entryId, seq, inputHash, inputKept, same }, index) => (
        <Facts
          key={entryId}
          of={[
            [
              t('auction.clearedNth', { n: index + 1 }),
              inputKept && same ? (
                <Mark key="same" tone="good">
                  {t('auction.same')}
                </Mark>
              ) : (
                <Mark key="same" tone="bad">
                  {t('auction.notSame')}
                </Mark>
              ),
            ],
            [t('auction.entry'), seq === undefined ? t('auction.sealing') : `#${seq}`],
            [
              t('auction.inputHash'),
              <code key="hash" className="co-break">
                {inputHash}
              </code>,
            ],
          ]}
        />
      ))}
      <p className="co-note co-note-end">
        <code>huiquan auction replay {id}</code>
      </p>
    </Panel>
  );
}
